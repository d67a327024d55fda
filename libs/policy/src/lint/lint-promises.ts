import type { Finding } from '../diagnostic.js';
import { didYouMeanOneOf } from '../did-you-mean.js';
import type { PolicyPromise, StatusMatcher } from '../document/promise-schema.js';
import { parseEscalationOffset } from '../escalation-offset.js';
import { parseWithin, promiseLines } from '../promise-matrix.js';
import { orderWarnings, parseWarning } from '../warning-threshold.js';
import { finding, type LintCheck, type LintContext } from './lint-context.js';
import { selectorCovers } from './subsumption.js';

/** Promises that clash, cannot be read, can never be kept, or have lines that are never reached. */
export const lintPromises: LintCheck = (context) => [
  ...context.document.promises.flatMap((promise, index) => [
    ...identity(context, promise, index),
    ...durations(context, promise, index),
    ...warnings(context, promise, index),
    ...stoppable(context, promise, index),
  ]),
  ...contracts(context),
  ...escalations(context),
];

function identity({ document }: LintContext, promise: PolicyPromise, index: number): Finding[] {
  const first = document.promises.findIndex(({ id }) => id === promise.id);
  const path = ['promises', index];
  return [
    ...(first < index
      ? [
          finding(
            'error',
            'duplicate_promise',
            `two promises have the id '${promise.id}'`,
            [...path, 'id'],
            'rename one, or join their terms',
          ),
        ]
      : []),
    ...(promise.terms !== undefined && promise.within !== undefined
      ? [
          finding(
            'error',
            'invalid_value',
            "a promise has 'terms' or 'within', not both",
            [...path, 'within'],
            "make 'within' the last of the terms",
          ),
        ]
      : []),
    ...(promise.terms === undefined &&
    promise.within === undefined &&
    !document.contracts.some(({ terms }) => terms.some((term) => term.promise === promise.id))
      ? [
          finding(
            'warning',
            'empty_promise',
            `'${promise.id}' promises nothing: it has no terms, and no contract names it`,
            path,
            "add 'within' or 'terms'",
          ),
        ]
      : []),
    ...(promise.attainment !== undefined && promise.commitment !== 'objective'
      ? [
          finding(
            'warning',
            'attainment_of_a_promise',
            `a ${promise.commitment} promise is to be kept always; only an objective names a share`,
            [...path, 'attainment'],
            'delete it, or make it an objective',
          ),
        ]
      : []),
    ...(promise.fromCreation !== undefined && promise.target !== 'next_response'
      ? [
          finding(
            'warning',
            'unused_option',
            "'fromCreation' is about next_response only",
            [...path, 'fromCreation'],
            'delete it',
          ),
        ]
      : []),
  ];
}

function durations({ document }: LintContext, promise: PolicyPromise, index: number): Finding[] {
  const contracted = document.contracts.flatMap(({ terms }, contract) =>
    terms.flatMap((line, number) =>
      line.promise === promise.id ? [{ line, path: ['contracts', contract, 'terms', number] }] : [],
    ),
  );
  const own =
    promise.within === undefined
      ? (promise.terms ?? []).map((line, number) => ({ line, path: ['promises', index, 'terms', number] }))
      : [{ line: { within: promise.within, calendar: promise.calendar }, path: ['promises', index] }];
  const unreadable = [...contracted, ...own].flatMap(({ line, path }): Finding[] => {
    const within = parseWithin(line.within);
    if (typeof within === 'string') {
      return [
        finding(
          'error',
          'invalid_duration',
          within,
          [...path, 'within'],
          "write '4h', '30m', '2 business days', 'none' or 'measured'",
        ),
      ];
    }
    if (
      within.kind === 'none' ||
      within.kind === 'measured' ||
      line.calendar !== undefined ||
      promise.calendar !== undefined
    )
      return [];
    return [
      finding(
        'error',
        'missing_calendar',
        `in which hours are '${line.within}' counted?`,
        [...path, 'within'],
        "add 'calendar:' to the line or to the promise; 24x7 is always open",
      ),
    ];
  });
  const dead = (promise.terms ?? []).flatMap((line, number, all) => {
    const earlier = all.slice(0, number).findIndex((before) => selectorCovers(before, line));
    if (earlier < 0) return [];
    return [
      finding(
        'warning',
        'unreachable_term',
        `this line is never reached: line ${earlier + 1} takes every ticket it is for`,
        ['promises', index, 'terms', number],
        'move it up, or delete it',
      ),
    ];
  });
  return [...unreadable, ...dead];
}

function warnings({ document }: LintContext, promise: PolicyPromise, index: number): Finding[] {
  const own = promise.warnings !== undefined;
  const list = promise.warnings ?? document.warnings;
  const place = (number: number) => (own ? ['promises', index, 'warnings', number] : ['warnings', number]);
  return list.flatMap((text, number): Finding[] => {
    const warning = parseWarning(text);
    if (warning === null) {
      // A default that cannot be read is said once, not for every promise.
      const said =
        !own && document.promises.findIndex(({ warnings: ownWarnings }) => ownWarnings === undefined) !== index;
      return said
        ? []
        : [
            finding(
              'error',
              'invalid_warning',
              `'${text}' is no warning threshold`,
              place(number),
              "write '80%' of the target, or '-15m' before it",
            ),
          ];
    }
    if (!own || warning.kind === 'percent') return [];
    const shorter = promiseLines(document, promise).find(({ within }) => {
      const parsed = parseWithin(within);
      return typeof parsed !== 'string' && parsed.kind === 'work' && orderWarnings([warning], parsed).length === 0;
    });
    return shorter === undefined
      ? []
      : [
          finding(
            'warning',
            'warning_before_start',
            `'${text}' lies before the start of a promise of ${shorter.within} and is left out there`,
            place(number),
            'use a percentage',
          ),
        ];
  });
}

const unsolved = ['open', 'waiting_requester', 'waiting_other'] as const;

/** What stops a resolution and ends a team's stay is a status; a promise that pauses in it, or in every status, never ends. */
function stoppable({ document }: LintContext, promise: PolicyPromise, index: number): Finding[] {
  const pauses = promise.pauses ?? document.pauses;
  const solved = promise.solved ?? document.solved;
  const path = ['promises', index];
  const paused = (matcher: StatusMatcher) => pauses.some((pause) => sameStatus(pause, matcher));
  if (unsolved.every((category) => paused({ category }))) {
    return [
      finding(
        'error',
        'never_runs',
        `'${promise.id}' pauses in every status, so it is never due`,
        promise.pauses ? [...path, 'pauses'] : ['pauses'],
        "leave out 'open'",
      ),
    ];
  }
  if (promise.target !== 'resolution' && promise.target !== 'team_ownership') return [];
  if (promise.target === 'team_ownership' && promise.solved === undefined) return [];
  if (solved.length === 0) {
    return [
      finding(
        'error',
        'unstoppable_target',
        `no event can stop '${promise.id}': no status solves it`,
        promise.solved ? [...path, 'solved'] : ['solved'],
        "name a status, such as 'solved: [solved, closed]'",
      ),
    ];
  }
  if (!solved.every(paused)) return [];
  return [
    finding(
      'error',
      'unstoppable_target',
      `no event can stop '${promise.id}': every status that solves it also pauses it`,
      promise.pauses ? [...path, 'pauses'] : ['pauses'],
      'leave the solving statuses out of the pauses',
    ),
  ];
}

function sameStatus(a: StatusMatcher, b: StatusMatcher): boolean {
  if ('category' in a) return 'category' in b && a.category === b.category;
  return 'status' in b && a.status.toLowerCase() === b.status.toLowerCase();
}

function contracts({ document }: LintContext): Finding[] {
  const ids = document.promises.map(({ id }) => id);
  return document.contracts.flatMap(({ terms }, index) =>
    terms.flatMap((term, number): Finding[] => {
      const path = ['contracts', index, 'terms', number];
      if (term.customer !== undefined) {
        return [
          finding(
            'error',
            'invalid_value',
            'a line of a contract is for the customer of the contract',
            [...path, 'customer'],
            'write another contract',
          ),
        ];
      }
      return ids.includes(term.promise)
        ? []
        : [
            finding(
              'error',
              'unknown_promise',
              `'${term.promise}' is no promise of this policy`,
              [...path, 'promise'],
              didYouMeanOneOf(term.promise, ids),
            ),
          ];
    }),
  );
}

function escalations({ document }: LintContext): Finding[] {
  return Object.entries(document.escalations).flatMap(([plan, steps]) =>
    steps.flatMap(({ at }, index) =>
      parseEscalationOffset(at) !== null
        ? []
        : [
            finding(
              'error',
              'invalid_escalation',
              `'${at}' says no time`,
              ['escalations', plan, index, 'at'],
              "write 'start+15m', 'due-30m' or 'due'",
            ),
          ],
    ),
  );
}
