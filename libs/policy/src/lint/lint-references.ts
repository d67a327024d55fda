import type { Finding, Path } from '../diagnostic.js';
import { didYouMeanOneOf } from '../did-you-mean.js';
import { selectorKeys, type Selector } from '../document/fields.js';
import { calendarNames } from '../policy-calendars.js';
import { finding, type LintCheck, type LintContext } from './lint-context.js';

/** Names that are used but not declared, and names that are declared twice. */
export const lintReferences: LintCheck = (context) => [
  ...priorityNames(context),
  ...selectors(context).flatMap(({ selector, path }) => selectorReferences(context, selector, path)),
  ...priorityReferences(context),
  ...calendarReferences(context),
  ...recipientReferences(context),
];

function priorityNames({ document, prioritiesPath }: LintContext): Finding[] {
  const schemeNames = document.schemes.map(({ name }) => name);
  const twice = document.schemes.flatMap(({ name }, index) =>
    schemeNames.indexOf(name) === index
      ? []
      : [
          finding(
            'error',
            'duplicate_name',
            `two schemes are called '${name}'`,
            ['schemes', index, 'name'],
            'rename one of them',
          ),
        ],
  );
  const unconditional = document.schemes.findIndex(({ when }) => when === undefined);
  const dead = document.schemes.flatMap(({ name, when }, index) =>
    when === undefined && index > unconditional
      ? [
          finding(
            'error',
            'unreachable_scheme',
            `scheme '${name}' is never used: '${document.schemes[unconditional]?.name}' takes every other ticket`,
            ['schemes', index],
            "give it a 'when'",
          ),
        ]
      : [],
  );
  const words = document.schemes.flatMap(({ priorities }, scheme) => {
    const seen = new Map<string, string>();
    return priorities.flatMap(({ name, aliases }, index) =>
      [name, ...aliases].flatMap((word, position): Finding[] => {
        const path = [...prioritiesPath(scheme), index, ...(position === 0 ? ['name'] : ['aliases', position - 1])];
        const taken = seen.get(word.toLowerCase());
        seen.set(word.toLowerCase(), taken ?? name);
        if (taken === undefined) return [];
        if (taken === name && position > 0)
          return [finding('warning', 'duplicate_name', `'${word}' is listed twice`, path, 'delete one')];
        return [
          finding(
            'error',
            'duplicate_name',
            `'${word}' already means priority '${taken}'`,
            path,
            'use it for one priority only',
          ),
        ];
      }),
    );
  });
  return [...twice, ...dead, ...words];
}

interface PlacedSelector {
  readonly selector: Selector;
  readonly path: Path;
}

/** Every selector of the document and where it stands. */
export function selectors({ document }: LintContext): PlacedSelector[] {
  return [
    ...document.schemes.flatMap(({ when }, index) =>
      when ? [{ selector: when, path: ['schemes', index, 'when'] }] : [],
    ),
    ...document.promises.flatMap(({ terms = [] }, promise) =>
      terms.map((selector, index) => ({ selector, path: ['promises', promise, 'terms', index] })),
    ),
    ...document.contracts.flatMap(({ terms }, contract) =>
      terms.map((selector, index) => ({ selector, path: ['contracts', contract, 'terms', index] })),
    ),
    ...document.coverage.flatMap(({ when, unless = [] }, index) => [
      ...(when ? [{ selector: when, path: ['coverage', index, 'when'] }] : []),
      ...unless.map((selector, exception) => ({
        selector,
        path: ['coverage', index, 'unless', ...(unless.length > 1 ? [exception] : [])],
      })),
    ]),
    ...Object.entries(document.requests).flatMap(([kind, rule]) =>
      typeof rule === 'object' && 'appliesTo' in rule && rule.appliesTo
        ? [{ selector: rule.appliesTo, path: ['requests', kind, 'appliesTo'] }]
        : [],
    ),
    ...document.priorityShares.flatMap(({ scheme }, index) =>
      scheme === undefined ? [] : [{ selector: { scheme: [scheme] }, path: ['priorityShares', index] }],
    ),
    ...document.queue.flatMap((key, index) =>
      typeof key === 'string'
        ? []
        : key.groups.map((selector, group) => ({ selector, path: ['queue', index, 'groups', group] })),
    ),
  ];
}

function selectorReferences({ document, names }: LintContext, selector: Selector, path: Path): Finding[] {
  const declared = {
    scheme: document.schemes.map(({ name }) => name),
    plan: document.plans.map(({ name }) => name),
    tier: document.tiers.map(({ name }) => name),
  };
  return selectorKeys.flatMap((key) => {
    if (key !== 'scheme' && key !== 'plan' && key !== 'tier') return [];
    // A policy that lists no plans (tiers) leaves them open.
    if (key !== 'scheme' && declared[key].length === 0) return [];
    const known =
      key === 'scheme' ? new Set(declared.scheme.map((name) => name.toLowerCase())) : new Set(names[key].keys());
    return (selector[key] ?? []).flatMap((name, index, all) =>
      known.has(name.toLowerCase())
        ? []
        : [
            finding(
              'error',
              `unknown_${key}`,
              `'${name}' is no ${key} of this policy`,
              [...path, key, ...(all.length > 1 ? [index] : [])],
              didYouMeanOneOf(name, declared[key]),
            ),
          ],
    );
  });
}

function priorityReferences(context: LintContext): Finding[] {
  const { document } = context;
  const check = (words: readonly string[], within: readonly string[] | undefined, path: Path): Finding[] =>
    words.flatMap((word, index) => {
      const declared = document.schemes.map(({ name }) => name);
      const inside = within ?? declared;
      // A scheme that is none is complained of where it is named.
      if (within?.every((scheme) => !declared.includes(scheme)) === true) return [];
      if (inside.some((scheme) => context.schemes.find(word, scheme) !== null)) return [];
      const known = document.schemes
        .filter(({ name }) => inside.includes(name))
        .flatMap(({ priorities }) => priorities.flatMap(({ name, aliases }) => [name, ...aliases]));
      return [
        finding(
          'error',
          'unknown_priority',
          `'${word}' is no priority of this policy`,
          [...path, ...(words.length > 1 ? [index] : [])],
          didYouMeanOneOf(word, known),
        ),
      ];
    });
  const terms = (
    list: readonly { priority?: readonly string[] | undefined; scheme?: readonly string[] | undefined }[],
    path: Path,
  ) => list.flatMap(({ priority, scheme }, index) => check(priority ?? [], scheme, [...path, index, 'priority']));
  return [
    ...document.promises.flatMap(({ terms: list = [] }, index) => terms(list, ['promises', index, 'terms'])),
    ...document.contracts.flatMap(({ terms: list }, index) => terms(list, ['contracts', index, 'terms'])),
    ...document.priorityShares.flatMap(({ priorities, scheme }, index) =>
      check(priorities, scheme === undefined ? undefined : [scheme], ['priorityShares', index, 'priorities']),
    ),
    ...Object.entries(document.requests).flatMap(([kind, rule]) =>
      typeof rule === 'object' && 'refuse' in rule
        ? rule.refuse.flatMap(({ priority }, index) =>
            check(priority, undefined, ['requests', kind, 'refuse', index, 'priority']),
          )
        : [],
    ),
  ];
}

function calendarReferences({ document }: LintContext): Finding[] {
  const known = calendarNames(document);
  const check = (name: string | undefined, path: Path): Finding[] =>
    name === undefined || known.includes(name)
      ? []
      : [
          finding(
            'error',
            'unknown_calendar',
            `'${name}' is no calendar of this policy`,
            path,
            didYouMeanOneOf(name, known),
          ),
        ];
  return [
    ...document.promises.flatMap(({ calendar, onHoliday, terms = [] }, index) => [
      ...check(calendar, ['promises', index, 'calendar']),
      ...(onHoliday?.of ?? []).flatMap((name): Finding[] => {
        const path = ['promises', index, 'onHoliday', 'of'];
        const unknown = check(name, path);
        if (unknown.length > 0 || document.calendars[name]?.holidays !== undefined) return unknown;
        const what = `'${name}' has no holidays of its own, so no target is ever longer for it`;
        return [finding('error', 'no_holidays_of_its_own', what, path, 'name calendars with a zone and holidays')];
      }),
      ...terms.flatMap((term, line) => check(term.calendar, ['promises', index, 'terms', line, 'calendar'])),
    ]),
    ...document.contracts.flatMap(({ terms }, index) =>
      terms.flatMap((term, line) => check(term.calendar, ['contracts', index, 'terms', line, 'calendar'])),
    ),
    ...check(document.surge?.tellNextOpening, ['surge', 'tellNextOpening']),
    ...Object.entries(document.calendars).flatMap(([name, calendar]) =>
      (['anyOf', 'allOf'] as const).flatMap((kind) =>
        (calendar[kind] ?? []).flatMap((member, index) => check(member, ['calendars', name, kind, index])),
      ),
    ),
  ];
}

function recipientReferences({ document }: LintContext): Finding[] {
  const recipients = Object.keys(document.recipients);
  const plans = Object.keys(document.escalations);
  const check = (list: readonly string[], known: readonly string[], what: string, path: Path): Finding[] =>
    list.flatMap((name, index) =>
      known.includes(name)
        ? []
        : [
            finding(
              'error',
              `unknown_${what}`,
              `'${name}' is no ${what} of this policy`,
              [...path, ...(list.length > 1 ? [index] : [])],
              didYouMeanOneOf(name, known),
            ),
          ],
    );
  return [
    ...document.promises.flatMap(({ escalations = [] }, index) =>
      check(escalations, plans, 'escalation', ['promises', index, 'escalations']),
    ),
    ...Object.entries(document.escalations).flatMap(([plan, steps]) =>
      steps.flatMap(({ to }, step) => check(to, recipients, 'recipient', ['escalations', plan, step, 'to'])),
    ),
    ...Object.entries(document.requests).flatMap(([kind, rule]) =>
      typeof rule === 'object' && 'to' in rule
        ? check(rule.to ?? [], recipients, 'recipient', ['requests', kind, 'to'])
        : [],
    ),
  ];
}
