import { checkCalendar, type CalendarProblem } from '@punctual/working-time';
import type { Finding, Path } from '../diagnostic.js';
import { daysOf } from '../document/calendar-schema.js';
import type { PolicyDocument } from '../document/policy-document.js';
import { calendarDefinition } from '../policy-calendars.js';
import { promiseLines } from '../promise-matrix.js';
import { finding, type LintCheck, type LintContext } from './lint-context.js';

/** Hours that overlap, zones nobody knows, calendars that never open, and calendars that compose each other in a circle. */
export const lintCalendars: LintCheck = (context) => [
  ...Object.keys(context.document.calendars).flatMap((name) => check(context, name)),
  ...unused(context),
];

function check(context: LintContext, name: string): Finding[] {
  const { document } = context;
  const calendar = document.calendars[name];
  if (calendar === undefined) return [];
  const composed = calendar.anyOf !== undefined || calendar.allOf !== undefined;
  if (composed && isCircular(document, name, [])) {
    const path = ['calendars', name, calendar.anyOf ? 'anyOf' : 'allOf'];
    return [
      finding(
        'error',
        'circular_calendar',
        `calendar '${name}' is made of itself`,
        path,
        'name calendars with hours of their own',
      ),
    ];
  }
  const definition = calendarDefinition(document, name);
  if (definition === null) return []; // a member is unknown, which the references say
  return checkCalendar(definition)
    .filter(({ path }) => !composed || !/^\/(anyOf|allOf)\//.test(path)) // said where the member stands
    .map((problem) => toFinding(context, name, problem));
}

function toFinding(context: LintContext, name: string, problem: CalendarProblem): Finding {
  const [detail = '', ...hints] = problem.detail.split(/(?<=\w')[:;] |; /);
  const path = writtenPath(context, name, problem.path);
  return finding(
    problem.severity,
    problem.code,
    hints.length > 0 ? detail : problem.detail,
    path,
    hints.join('; ') || 'see the calendar reference',
  );
}

/** The place in the file: a day may be written inside a span such as `mon-fri`, and the last line that names it is the one to change. */
function writtenPath({ written }: LintContext, name: string, pointer: string): Path {
  const [field, day, ...rest] = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const base = ['calendars', name];
  if (field === undefined) return base;
  if (field !== 'weekly' || day === undefined) return [...base, field, ...(day === undefined ? [] : [day]), ...rest];
  const key = weeklyKeys(written, name).findLast((candidate) => daysOf(candidate)?.some((named) => named === day));
  return [...base, field, key ?? day];
}

function weeklyKeys(written: unknown, name: string): string[] {
  const weekly = ['calendars', name, 'weekly'].reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    written,
  );
  return typeof weekly === 'object' && weekly !== null ? Object.keys(weekly) : [];
}

function isCircular(document: PolicyDocument, name: string, above: readonly string[]): boolean {
  if (above.includes(name)) return true;
  const calendar = Object.hasOwn(document.calendars, name) ? document.calendars[name] : undefined;
  const members = calendar?.anyOf ?? calendar?.allOf ?? [];
  return members.some((member) => isCircular(document, member, [...above, name]));
}

function unused({ document }: LintContext): Finding[] {
  const used = new Set([
    ...document.promises.flatMap((promise) => [
      promise.calendar,
      ...promiseLines(document, promise).map(({ calendar }) => calendar),
    ]),
    ...Object.values(document.calendars).flatMap(({ anyOf, allOf }) => anyOf ?? allOf ?? []),
    document.surge?.tellNextOpening,
  ]);
  return Object.keys(document.calendars)
    .filter((name) => !used.has(name))
    .map((name) =>
      finding(
        'warning',
        'unused_calendar',
        `no promise is counted in calendar '${name}'`,
        ['calendars', name],
        'use it, or delete it',
      ),
    );
}
