import type { Instant, PriorityDecision } from '@punctual/contracts';
import type { CompiledPolicy, PromiseTerms } from '@punctual/policy';
import type { WorkingCalendar } from '@punctual/working-time';
import { viewClock, type ClockView } from '../clock-view.js';
import type { FoldedFromStart } from '../fold-ticket.js';
import { formatDuration } from '../format-duration.js';
import type { ClockPast } from '../clock-past.js';
import type { ClockState } from '../ticket-state.js';

/** One ticket as one policy judges it, with the facts by which a comparison explains a difference. */
export interface JudgedTicket {
  readonly source: string;
  readonly ticket: string;
  /** Why nothing is promised, in a line; null where the ticket is covered. */
  readonly notCovered: string | null;
  readonly priority: string | null;
  /** Ids of the promises that apply to the ticket as it now stands. */
  readonly promised: ReadonlySet<string>;
  readonly decisions: readonly PriorityDecision[];
  readonly clocks: readonly JudgedClock[];
}

export interface JudgedClock {
  readonly clock: ClockView;
  /** What was promised, in words (`4h`, `2 business days`); null where it is only measured. */
  readonly duration: string | null;
  /** The hours in which it last counted. */
  readonly calendar: WorkingCalendar | null;
  /** When it was paused, in order; touching stretches are one. */
  readonly pauses: readonly Stretch[];
}

/** Half open `[from, to)`, epoch ms. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** The facts of a folded ticket. `decisions` are those it was folded with; `asOf` is the fold's horizon, epoch ms. Pure. */
export function judgedTicket(
  folded: FoldedFromStart,
  policy: CompiledPolicy,
  decisions: readonly PriorityDecision[],
  asOf: Instant,
): JudgedTicket {
  const { state, fold, pasts, sayings } = folded;
  const now = policy.resolve(state.attributes, state.priority, state.exclusion);
  const lastWord = sayings.findLast(({ draft }) => draft.type === 'sla.ticket.not_covered');
  return {
    source: state.source,
    ticket: state.ticket,
    notCovered: state.covered ? null : (lastWord?.draft.reason ?? 'unknown creation'),
    priority: state.priority,
    promised: new Set(state.covered && now.covered ? now.promises.map(({ id }) => id) : []),
    decisions,
    clocks: [...pasts].map(([clock, past]) => {
      const at = policy.resolve(state.attributes, clock.priority, state.exclusion);
      const terms = at.covered ? at.promises.find(({ id }) => id === clock.promise) : undefined;
      const ran = past.segments.findLast((segment) => segment.state === 'running');
      const calendar =
        ran === undefined || ran.calendar === terms?.calendar.name
          ? terms?.calendar
          : fold.calendarNamed(ran.calendar, ran.policyVersion);
      return {
        clock: viewClock(clock, fold, asOf),
        duration: durationOf(clock, terms),
        calendar: calendar ?? null,
        pauses: pausesOf(clock, past, asOf),
      };
    }),
  };
}

/** In the policy's words, unless the clock ran under other terms than those that now apply at its priority. */
function durationOf({ targetMs }: ClockState, terms: PromiseTerms | undefined): string | null {
  if (targetMs === null) return null;
  const duration = terms?.duration;
  if (duration && (duration.kind === 'businessDays' || duration.ms === targetMs)) return duration.text;
  return formatDuration(targetMs);
}

function pausesOf(clock: ClockState, { segments }: ClockPast, asOf: Instant): Stretch[] {
  const paused: Stretch[] = segments.filter(({ state, from, to }) => state === 'paused' && from < to);
  if (clock.phase === 'paused' && clock.since < asOf) paused.push({ from: clock.since, to: asOf });
  const merged: Stretch[] = [];
  for (const { from, to } of paused) {
    const last = merged.at(-1);
    if (last?.to === from) merged[merged.length - 1] = { from: last.from, to };
    else merged.push({ from, to });
  }
  return merged;
}
