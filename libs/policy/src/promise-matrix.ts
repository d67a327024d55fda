import { contentHash, parseDuration, type ResolvedCalendar, type WorkingCalendar } from '@punctual/working-time';
import type { EscalationStep, PromiseDuration, PromiseTerms, Resolution, TicketAttributes } from './compiled-policy.js';
import type { PolicyDocument } from './document/policy-document.js';
import type { PolicyPromise, Term } from './document/promise-schema.js';
import { parseEscalationOffset } from './escalation-offset.js';
import { compileHolidayStretch, type HolidayStretch } from './holiday-stretch.js';
import { ALWAYS_OPEN } from './policy-calendars.js';
import type { PrioritySchemes } from './priority-schemes.js';
import { compilePausesIn, compileSolvedBy } from './status-test.js';
import { compileSelector, type AttributeNames, type TicketTest } from './ticket-selector.js';
import { orderWarnings, parseWarning } from './warning-threshold.js';

/** What a line promises: `none`, a measure that is never late, or a duration. */
export type Within = { readonly kind: 'none' } | { readonly kind: 'measured' } | PromiseDuration;

/** Reads the `within` of a line; a text says what is wrong with it. */
export function parseWithin(text: string): Within | string {
  if (text === 'none' || text === 'measured') return { kind: text };
  const parsed = parseDuration(text);
  if ('problem' in parsed) return parsed.problem.detail;
  return parsed.kind === 'work'
    ? { kind: 'work', ms: parsed.ms, text: parsed.text }
    : { kind: 'businessDays', days: parsed.days, endOfDay: parsed.endOfDay, text: parsed.text };
}

interface Line {
  readonly fits: TicketTest;
  /** Names or aliases, `null`: any. */
  readonly priorities: readonly string[] | null;
  readonly terms: PromiseTerms | null;
  readonly because: string | null;
}

/** The lines of one promise in the order they are tried: contracts first. */
export function promiseLines(document: PolicyDocument, promise: PolicyPromise): readonly Term[] {
  const contracts = document.contracts.flatMap(({ customer, terms }) =>
    terms.filter((term) => term.promise === promise.id).map((term) => ({ ...term, customer })),
  );
  const own = promise.terms ?? (promise.within === undefined ? [] : [{ within: promise.within }]);
  return [...contracts, ...own];
}

/** Decides which promises apply to a ticket. */
export class PromiseMatrix {
  private readonly promises: readonly (readonly Line[])[];
  private readonly outcomes = new Map<string, Resolution>();

  constructor(
    document: PolicyDocument,
    calendars: ReadonlyMap<string, WorkingCalendar>,
    private readonly schemes: PrioritySchemes,
    names: AttributeNames,
    resolved: Readonly<Record<string, ResolvedCalendar>>,
  ) {
    const hours = new Map(Object.entries(resolved).map(([name, calendar]) => [name, contentHash(calendar)]));
    this.promises = document.promises.map((promise) => {
      const stretch = compileHolidayStretch(promise, resolved);
      return promiseLines(document, promise).map((line) => ({
        fits: compileSelector(line, names),
        priorities: line.priority ?? null,
        terms: promiseTerms(document, promise, line, calendars, hours, stretch),
        because: line.because ?? null,
      }));
    });
  }

  /** The first fitting line of each promise; not covered where none promises anything. The same lines give the identical object. */
  resolve(ticket: TicketAttributes, priority: string | null): Resolution {
    const scheme = this.schemes.schemeOf(ticket);
    const chosen = this.promises.map((lines) =>
      lines.findIndex((line) => this.applies(line, ticket, scheme, priority)),
    );
    const signature = chosen.join(',');
    const known = this.outcomes.get(signature);
    if (known !== undefined) return known;
    const outcome = this.outcome(chosen);
    this.outcomes.set(signature, outcome);
    return outcome;
  }

  private applies(line: Line, ticket: TicketAttributes, scheme: string, priority: string | null): boolean {
    if (!line.fits(ticket, scheme)) return false;
    if (line.priorities === null) return true;
    const asked = priority === null ? null : this.schemes.find(priority, scheme);
    return asked !== null && line.priorities.some((text) => this.schemes.find(text, scheme) === asked);
  }

  private outcome(chosen: readonly number[]): Resolution {
    const lines = chosen.flatMap((index, promise) => this.promises[promise]?.[index] ?? []);
    const promises = lines.flatMap(({ terms }) => terms ?? []);
    if (promises.length > 0) return { covered: true, promises };
    const because = lines.find((line) => line.because !== null)?.because;
    return {
      covered: false,
      code: 'no_promise',
      reason: because ?? 'No promise of this policy applies to this ticket.',
    };
  }
}

function promiseTerms(
  document: PolicyDocument,
  promise: PolicyPromise,
  line: Term,
  calendars: ReadonlyMap<string, WorkingCalendar>,
  hours: ReadonlyMap<string, string>,
  holidayStretch: HolidayStretch | null,
): PromiseTerms | null {
  const within = parseWithin(line.within);
  if (typeof within === 'string') throw new Error(`promise '${promise.id}' is not checked: ${within}`);
  if (within.kind === 'none') return null;
  const calendarName = line.calendar ?? promise.calendar ?? ALWAYS_OPEN;
  const calendar = calendars.get(calendarName);
  if (calendar === undefined) throw new Error(`promise '${promise.id}' is not checked: no calendar '${calendarName}'`);
  const duration = within.kind === 'measured' ? null : within;
  const pauses = promise.pauses ?? document.pauses;
  const solved = promise.solved ?? document.solved;
  const onHoliday = promise.onHoliday
    ? [promise.onHoliday, promise.onHoliday.of.map((name) => hours.get(name) ?? name)]
    : null;
  const said = {
    id: promise.id,
    target: promise.target,
    commitment: line.commitment ?? promise.commitment,
    duration,
    warnings: orderWarnings(
      (promise.warnings ?? document.warnings).flatMap((text) => parseWarning(text) ?? []),
      duration,
    ),
    retarget: promise.retarget ?? 'fromStart',
    reopen: promise.reopen ?? 'resume',
    fromCreation: promise.fromCreation ?? false,
    attainment: promise.attainment ?? null,
    suspendedInSurge: document.surge?.suspends.includes(line.commitment ?? promise.commitment) ?? false,
    escalations: (promise.escalations ?? []).flatMap((plan) => escalationSteps(document, plan)),
  };
  return {
    ...said,
    holidayStretch,
    digest: contentHash({ ...said, pauses, solved, calendarName, hours: hours.get(calendarName) ?? null, onHoliday }),
    calendar,
    pausesIn: compilePausesIn(pauses),
    solvedBy: compileSolvedBy(solved),
  };
}

function escalationSteps(document: PolicyDocument, plan: string): EscalationStep[] {
  return (document.escalations[plan] ?? []).flatMap(({ name, at, to }) => {
    const offset = parseEscalationOffset(at);
    return offset === null ? [] : [{ name, ...offset, recipients: to }];
  });
}
