import { attainment, type JudgedCycle } from '../attainment.js';
import { changeRecord, type ChangeRecord } from './change-record.js';
import { compareAttainment, type AttainmentComparison } from './compare-attainment.js';
import { compareVerdicts, type VerdictChange, type VerdictChangeKind } from './compare-verdicts.js';
import type { JudgedClock, JudgedTicket } from './judged-ticket.js';
import { MostImportant } from './most-important.js';
import type { PromisePairs } from './promise-pairs.js';

/** What comparing two policies over many tickets comes to. */
export interface ComparisonReport {
  readonly tickets: number;
  readonly changedTickets: number;
  readonly changedClocks: number;
  /** Tickets covered by A and by B, and those only one of them covers. */
  readonly coverage: { readonly a: number; readonly b: number; readonly onlyA: number; readonly onlyB: number };
  readonly running: RunningChanges;
  /** How often each kind of change occurs, the most important first; a change may be of several kinds. */
  readonly kinds: Readonly<Partial<Record<VerdictChangeKind, number>>>;
  readonly attainment: readonly AttainmentComparison[];
  /** The most important changes, and how many more there are. */
  readonly changes: readonly ChangeRecord[];
  readonly more: number;
}

/** Clocks that nothing has stopped yet: running or paused under A or, where A has none, under B. */
export interface RunningChanges {
  /** Running or paused under A. */
  readonly clocks: number;
  readonly changed: number;
  readonly dueEarlier: number;
  readonly dueLater: number;
  readonly newlyLate: number;
  readonly noLongerLate: number;
}

/**
 * Compares two policies ticket by ticket. Of the clocks only what attainment reads is kept, of the changes the `most` most important
 * ones, so that its memory does not grow with what the tickets hold. Pure.
 */
export class PolicyComparison {
  readonly changes: MostImportant;
  tickets = 0;
  private readonly covered = { a: 0, b: 0, onlyA: 0, onlyB: 0 };
  private readonly running = { clocks: 0, changed: 0, dueEarlier: 0, dueLater: 0, newlyLate: 0, noLongerLate: 0 };
  private readonly cyclesOfA: JudgedCycle[] = [];
  private readonly cyclesOfB: JudgedCycle[] = [];

  constructor(most: number) {
    this.changes = new MostImportant(most);
  }

  /** Takes a ticket in and gives back what changes for it. `pairs` are those of the policies that judged it. */
  add(a: JudgedTicket, b: JudgedTicket, pairs: PromisePairs): VerdictChange[] {
    this.tickets++;
    if (a.notCovered === null) this.covered.a++;
    if (b.notCovered === null) this.covered.b++;
    if (a.notCovered === null && b.notCovered !== null) this.covered.onlyA++;
    if (a.notCovered !== null && b.notCovered === null) this.covered.onlyB++;
    for (const { clock } of a.clocks) this.cyclesOfA.push(cycleOf(clock));
    for (const { clock } of b.clocks) this.cyclesOfB.push(cycleOf(clock));
    this.running.clocks += a.clocks.filter(isUnstopped).length;
    const changes = compareVerdicts(a, b, pairs);
    for (const change of changes) {
      this.changes.add(change);
      this.countRunning(change);
    }
    return changes;
  }

  get coverage(): ComparisonReport['coverage'] {
    return { ...this.covered };
  }

  /** Rows of both, A's first, sorted by name. */
  attainment(): AttainmentComparison[] {
    return compareAttainment(attainment(this.cyclesOfA), attainment(this.cyclesOfB));
  }

  report(): ComparisonReport {
    const { changes } = this;
    const listed = changes.list().map(changeRecord);
    return {
      tickets: this.tickets,
      changedTickets: changes.tickets.size,
      changedClocks: changes.count,
      coverage: this.coverage,
      running: { ...this.running },
      kinds: Object.fromEntries(changes.kinds()),
      attainment: this.attainment(),
      changes: listed,
      more: changes.count - listed.length,
    };
  }

  private countRunning({ a, b, kinds }: VerdictChange): void {
    const of = a ?? b;
    if (of === null || !isUnstopped(of)) return;
    const isAny = (...wanted: VerdictChangeKind[]): boolean => wanted.some((kind) => kinds.includes(kind));
    this.running.changed++;
    if (isAny('due_earlier')) this.running.dueEarlier++;
    if (isAny('due_later')) this.running.dueLater++;
    if (isAny('kept_to_late', 'becomes_late') || (a === null && (b?.clock.breachedAt ?? null) !== null))
      this.running.newlyLate++;
    if (isAny('late_to_kept', 'no_longer_late') || (b === null && (a?.clock.breachedAt ?? null) !== null))
      this.running.noLongerLate++;
  }
}

function isUnstopped({ clock }: JudgedClock): boolean {
  return clock.phase === 'running' || clock.phase === 'paused';
}

/** Only what attainment reads, so that a history of any length leaves little behind. */
function cycleOf({ target, priority, commitment, outcome, breachedAt, stoppedAt, ...rest }: JudgedCycle): JudgedCycle {
  const { lateMs, waived = false } = rest;
  return { target, priority, commitment, outcome, breachedAt, stoppedAt, lateMs, waived };
}
