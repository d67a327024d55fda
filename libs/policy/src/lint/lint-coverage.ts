import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../diagnostic.js';
import { finding, type LintCheck, type LintContext } from './lint-context.js';
import { selectorCovers } from './subsumption.js';

/** Exclusions that contradict each other or a promise. */
export const lintCoverage: LintCheck = (context) => [...amongThemselves(context), ...againstPromises(context)];

function amongThemselves({ document }: LintContext): Finding[] {
  const list = document.coverage;
  const given = new Set(document.classification.rules.flatMap(({ exclude }) => exclude ?? []));
  return list.flatMap((exclusion, index): Finding[] => {
    const path = ['coverage', index];
    const before = list.slice(0, index);
    const namesake = before.find(({ code }) => code === exclusion.code);
    if (namesake !== undefined && namesake.reason !== exclusion.reason) {
      return [
        finding(
          'error',
          'contradictory_exclusions',
          `'${exclusion.code}' is given two different reasons`,
          [...path, 'reason'],
          'use one reason, or another code',
        ),
      ];
    }
    if (exclusion.when !== undefined) {
      const { when } = exclusion;
      const exempt = exclusion.unless?.find((exception) => selectorCovers(exception, when));
      if (exempt !== undefined) {
        return [
          finding(
            'error',
            'contradictory_exclusions',
            `'${exclusion.code}' excludes nothing: its 'unless' takes back all of its 'when'`,
            [...path, 'unless'],
            "narrow 'unless'",
          ),
        ];
      }
      const hidden = before.find(
        (other) =>
          other.code !== exclusion.code &&
          other.when !== undefined &&
          !other.unless &&
          selectorCovers(other.when, when),
      );
      if (hidden !== undefined) {
        const same = isDeepStrictEqual(hidden.when, when);
        const what = same
          ? `'${hidden.code}' and '${exclusion.code}' exclude the same tickets for different reasons`
          : `'${exclusion.code}' is never given: '${hidden.code}' already excludes these tickets`;
        return [
          finding(
            same ? 'error' : 'warning',
            'contradictory_exclusions',
            what,
            [...path, 'when'],
            `delete one, or move it before '${hidden.code}'`,
          ),
        ];
      }
      return [];
    }
    return given.has(exclusion.code)
      ? []
      : [
          finding(
            'warning',
            'unused_exclusion',
            `nothing gives '${exclusion.code}': it has no 'when' and no rule excludes by it`,
            path,
            "add a 'when', or a rule with this code",
          ),
        ];
  });
}

/** A line that promises something to tickets that an exclusion holds outside every promise. */
function againstPromises({ document }: LintContext): Finding[] {
  const lines = [
    ...document.promises.flatMap(({ terms = [] }, promise) =>
      terms.map((term, index) => ({ term, path: ['promises', promise, 'terms', index] })),
    ),
    ...document.contracts.flatMap(({ customer, terms }, contract) =>
      terms.map((term, index) => ({ term: { ...term, customer }, path: ['contracts', contract, 'terms', index] })),
    ),
  ];
  return lines
    .filter(({ term }) => term.within !== 'none')
    .flatMap(({ term, path }) => {
      const exclusion = document.coverage.find(
        ({ when, unless }) => when !== undefined && !unless && selectorCovers(when, term),
      );
      if (exclusion === undefined) return [];
      const message = `this promise is never made: '${exclusion.code}' excludes all of its tickets`;
      return [
        finding(
          'error',
          'contradictory_exclusions',
          message,
          path,
          `narrow '${exclusion.code}', or write 'within: none'`,
        ),
      ];
    });
}
