import type { Instant } from '@punctual/contracts';
import type { Segment } from './clock-past.js';
import { stretchSentence, workTarget } from './clock.js';
import { viewClock, type ClockView } from './clock-view.js';
import type { FoldedFromStart } from './fold-ticket.js';
import { reasonFor } from './reasons.js';
import type { ClockState } from './ticket-state.js';

/** A clock with the stretches of time it is made of. */
export interface ClockExplanation {
  readonly clock: ClockView;
  /** In order; they tile the time from start to `asOf` (to the stop, once stopped), and their counted ms sum to the elapsed time. */
  readonly segments: readonly ExplainedSegment[];
  /** Why its target is longer than what is promised otherwise, in one line: a holiday on which it started; null where it is not. */
  readonly longer: string | null;
  /** Id of the event that stopped or cancelled it; null while it is open, and where time or the policy did. */
  readonly stoppedBy: string | null;
}

export interface ExplainedSegment extends Omit<Segment, 'state'> {
  /** `closed`: the clock runs, but outside opening hours. */
  readonly state: Segment['state'] | 'closed';
  /** One line for people. */
  readonly text: string;
}

/** Stretches with more openings than this are told as one: a clock of years is not a list of days. */
const MOST_OPENINGS_TOLD = 200;

/** Explains every clock a ticket ever had, as it stood at `asOf` (epoch ms; the horizon of the fold or later). SLA-SEMANTICS §8. */
export function explainTicket(folded: FoldedFromStart, asOf: Instant): ClockExplanation[] {
  return [...folded.pasts].map(([clock, past]) => {
    const segments = [...past.segments];
    const open = clock.phase === 'running' || clock.phase === 'paused';
    if (open && asOf > clock.since) {
      const view = viewClock(clock, folded.fold, asOf);
      const terms = folded.fold.promised.termsOf(clock);
      segments.push({
        from: clock.since,
        to: asOf,
        countedMs: view.elapsedMs - clock.elapsed,
        state: clock.phase === 'running' ? 'running' : 'paused',
        reason: clock.reason ?? past.reason,
        calendar: terms.calendar.name,
        policyVersion: folded.state.policyVersion,
        eventId: past.begunBy,
      });
    }
    return {
      clock: viewClock(clock, folded.fold, asOf),
      segments: segments.flatMap((segment) => byOpeningHours(segment, clock, folded)),
      longer: longerBecause(clock, folded),
      stoppedBy: open ? null : past.begunBy,
    };
  });
}

/** Of a clock that ended under terms that are not left any more, nothing is said. */
function longerBecause(clock: ClockState, { fold }: FoldedFromStart): string | null {
  const terms = fold.promised.termsLeftOf(clock);
  if (terms === null || workTarget(terms, clock.startedAt).targetMs !== clock.targetMs) return null;
  return stretchSentence(terms, clock.startedAt);
}

/** Cuts a running stretch where its calendar closes and opens. */
function byOpeningHours(segment: Segment, clock: ClockState, folded: FoldedFromStart): ExplainedSegment[] {
  const text = reasonFor(segment.reason, clock.target);
  if (segment.state !== 'running' || segment.from === segment.to) return [{ ...segment, text }];
  if (segment.countedMs === segment.to - segment.from) return [{ ...segment, text }];
  const calendar = folded.fold.calendarNamed(segment.calendar, segment.policyVersion);
  const open = calendar?.openIntervals(segment.from, segment.to);
  const counted = open?.reduce((sum, { from, to }) => sum + to - from, 0);
  if (!open || counted !== segment.countedMs || open.length > MOST_OPENINGS_TOLD) return [{ ...segment, text }];
  const cut: ExplainedSegment[] = [];
  let at = segment.from;
  const closedUntil = (to: Instant): void => {
    if (at < to) {
      cut.push({
        ...segment,
        from: at,
        to,
        countedMs: 0,
        state: 'closed',
        reason: 'outside_hours',
        text: `Outside the hours of '${segment.calendar}'`,
      });
    }
  };
  for (const { from, to } of open) {
    closedUntil(from);
    cut.push({ ...segment, from, to, countedMs: to - from, text });
    at = to;
  }
  closedUntil(segment.to);
  return cut;
}
