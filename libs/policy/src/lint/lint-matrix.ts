import type { Finding } from '../diagnostic.js';
import { compileCoverage } from '../coverage.js';
import type { TicketAttributes } from '../compiled-policy.js';
import type { PolicyPromise } from '../document/promise-schema.js';
import { promiseLines } from '../promise-matrix.js';
import { compileSelector, type TicketTest } from '../ticket-selector.js';
import { finding, type LintCheck, type LintContext } from './lint-context.js';

/**
 * Priorities for which nothing is promised although nobody said so. Every priority is tried with every plan and tier that the policy
 * lists; a line with `within: none`, an exclusion or `noPromise` says that nothing is meant.
 */
export const lintMatrix: LintCheck = (context) => {
  const { document, names, prioritiesPath } = context;
  const coverage = compileCoverage(document.coverage, names);
  const promises = document.promises.map((promise) => compileLines(context, promise));
  return document.schemes.flatMap((scheme, schemeIndex) =>
    scheme.priorities.flatMap((priority, index): Finding[] => {
      if (priority.noPromise !== undefined) return [];
      const asked = tickets(context).filter((ticket) => coverage.byAttributes(ticket, scheme.name) === null);
      const open = asked.filter(
        (ticket) => !promises.some((lines) => lines.some((line) => line(ticket, scheme.name, priority.name))),
      );
      if (open.length === 0) return [];
      const which = open.length === asked.length ? '' : ` on ${describe(open)}`;
      const path = [...prioritiesPath(schemeIndex), index];
      return [
        finding(
          'warning',
          'priority_without_target',
          `nothing is promised at priority '${priority.name}'${which}`,
          path,
          "add a line to a promise, 'within: none', or 'noPromise: \"why\"'",
        ),
      ];
    }),
  );
};

type LineTest = (ticket: TicketAttributes, scheme: string, priority: string) => boolean;

function compileLines({ document, names, schemes }: LintContext, promise: PolicyPromise): LineTest[] {
  return promiseLines(document, promise).map((line): LineTest => {
    const fits: TicketTest = compileSelector(line, names);
    return (ticket, scheme, priority) =>
      fits(ticket, scheme) &&
      (line.priority === undefined || line.priority.some((text) => schemes.find(text, scheme) === priority));
  });
}

/** A ticket for every plan and tier; one without either where none are listed. */
function tickets({ document }: LintContext): TicketAttributes[] {
  const plans = document.plans.length > 0 ? document.plans.map(({ name }) => name) : [null];
  const tiers = document.tiers.length > 0 ? document.tiers.map(({ name }) => name) : [null];
  return plans.flatMap((plan) =>
    tiers.map((tier) => ({ customer: null, plan, tier, channel: null, product: null, stage: null, fields: {} })),
  );
}

function describe(open: readonly TicketAttributes[]): string {
  const shown = open
    .slice(0, 4)
    .map(({ plan, tier }) => [plan && `plan '${plan}'`, tier && `tier '${tier}'`].filter(Boolean).join(' and '));
  return shown.join(', ') + (open.length > shown.length ? ` and ${open.length - shown.length} more` : '');
}
