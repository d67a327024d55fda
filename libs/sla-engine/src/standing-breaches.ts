import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import { copyOf, type BrokenBefore } from './broken-before.js';
import type { ClockBook } from './clock-book.js';
import { schedule, thresholdsOf } from './clock.js';
import type { ClockState, TicketState } from './ticket-state.js';

/** What becomes of breaches under a former priority that the policy lets stand (`onReclassify: stand`, SLA-SEMANTICS §5). */

/** Breaks a clock when it broke under the former priority, and says so in the same words; its lateness counts under the present terms. */
export function breakAsBefore(
  book: ClockBook,
  clock: ClockState,
  terms: PromiseTerms,
  { clock: former, breach }: BrokenBefore,
): void {
  const { at } = breach;
  if (at > clock.since) book.count(clock, terms, at, null, clock.reason ?? 'deadline_passed');
  clock.breachedAt = at;
  clock.breachKey = breach.key;
  clock.elapsedAtBreach = clock.elapsed;
  clock.targetMs = clock.elapsed;
  clock.commitment = former.commitment;
  clock.priority = breach.priority;
  for (const { label, elapsedMs } of thresholdsOf(terms, clock.targetMs)) {
    if (elapsedMs < clock.elapsed && !clock.passed.includes(label)) clock.passed.push(label);
  }
  // Its cycle may have had another number before: what broke is found again by the number it has here.
  book.said.inOrder.push({ kind: 'says', draft: { ...breach, cycle: clock.cycle } });
  book.said.touch(clock);
  book.waived.waiveIfGranted(clock, terms, at);
  schedule(clock, terms);
  clock.dueAt = at;
}

/** Takes in what broke under a former priority and is not promised at all under the corrected one: it ends at the correction. */
export function adoptBroken(state: TicketState, book: ClockBook, at: Instant, cause: string): void {
  for (const before of book.broken.takeUnmet()) {
    const cycle = (state.cycles[before.clock.promise] ?? 0) + 1;
    state.cycles = { ...state.cycles, [before.clock.promise]: cycle };
    const { clock, past, sayings, terms } = copyOf(before, cycle);
    book.past?.pasts.set(clock, past);
    book.said.inOrder.push(...sayings);
    book.said.touch(clock);
    state.clocks.push(clock);
    const open = clock.phase === 'running' || clock.phase === 'paused';
    if (open) book.cancel(clock, terms, at, cause, 'no_promise', null);
    else book.ended.retire((other) => other === clock);
  }
}
