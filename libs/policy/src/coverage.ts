import type { Resolution, TicketAttributes } from './compiled-policy.js';
import type { PolicyDocument } from './document/policy-document.js';
import { compileSelector, type AttributeNames } from './ticket-selector.js';

type NotCovered = Extract<Resolution, { covered: false }>;

/** What holds a ticket outside every promise. */
export interface Coverage {
  /** The first exclusion of the policy that the ticket's attributes meet; null where none does. */
  byAttributes(ticket: TicketAttributes, scheme: string): NotCovered | null;
  /** The classifier's reason, by its code. */
  byCode(code: string): NotCovered;
}

export function compileCoverage(exclusions: PolicyDocument['coverage'], names: AttributeNames): Coverage {
  const reasons = new Map<string, NotCovered>();
  for (const { code, reason } of exclusions)
    if (!reasons.has(code)) reasons.set(code, { covered: false, code, reason });
  const byCode = (code: string): NotCovered => {
    const known = reasons.get(code) ?? {
      covered: false,
      code,
      reason: `Excluded by the classifier: ${code.replaceAll('_', ' ')}.`,
    };
    // Kept, so that the same code is the identical object; codes come from the policy's rules, so there are few.
    if (reasons.size < MAX_CODES) reasons.set(code, known);
    return known;
  };
  const tests = exclusions.flatMap(({ code, when, unless = [], reason }) => {
    if (when === undefined) return [];
    const meets = compileSelector(when, names);
    const exceptions = unless.map((selector) => compileSelector(selector, names));
    const excluded = (ticket: TicketAttributes, scheme: string) =>
      meets(ticket, scheme) && !exceptions.some((exception) => exception(ticket, scheme));
    return [{ excluded, outcome: { covered: false, code, reason } as const }];
  });
  return {
    byAttributes: (ticket, scheme) => tests.find(({ excluded }) => excluded(ticket, scheme))?.outcome ?? null,
    byCode,
  };
}

const MAX_CODES = 1_000;
