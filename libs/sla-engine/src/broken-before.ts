import type { Instant, PriorityDecision } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { ClockPast } from './clock-past.js';
import type { Draft, Saying } from './draft.js';
import type { TicketFold } from './ticket-fold.js';
import type { ClockState } from './ticket-state.js';

/**
 * A clock that broke under the priority that held before a correction, where the policy lets such a breach stand (`onReclassify: stand`,
 * SLA-SEMANTICS §5).
 */
export interface BrokenBefore {
  readonly clock: ClockState;
  /** The breach as it was said. */
  readonly breach: Draft;
  /** Everything said of the clock. */
  readonly sayings: readonly Saying[];
  readonly past: ClockPast;
  readonly terms: PromiseTerms | null;
}

/**
 * The place of the last correction in a history of decisions, if breaches before it stand; null otherwise. The first decision corrects
 * nothing. `standAt`: whether the policy in force at an instant lets them.
 */
export function lastCorrection(
  decisions: readonly PriorityDecision[],
  standAt: (at: Instant) => boolean,
): number | null {
  const index = decisions.findLastIndex(({ kind }, place) => place > 0 && kind === 'correction');
  const at = decisions[index]?.at;
  return at === undefined || !standAt(at) ? null : index;
}

/** The broken clocks of a fold that ends where the correction begins. */
export function brokenIn(fold: TicketFold): BrokenBefore[] {
  const { book, state, promised } = fold;
  return [...book.ended.clocks, ...state.clocks].flatMap((clock): BrokenBefore[] => {
    const past = book.past?.of(clock);
    const said = book.said.inOrder.find((saying) => saying.kind === 'says' && saying.draft.key === clock.breachKey);
    if (!past || !said) return [];
    const sayings = book.said.inOrder.filter(
      ({ draft }) => draft.promise === clock.promise && draft.cycle === clock.cycle,
    );
    return [{ clock, breach: said.draft, sayings, past, terms: promised.termsLeftOf(clock) }];
  });
}

/** The clocks of a fold whose breach under a former priority stands. */
export class BrokenClocks {
  private known: Map<ClockState, BrokenBefore> | null = null;

  /** `unmet`: those whose clock has not begun in this fold. */
  constructor(private unmet: readonly BrokenBefore[]) {}

  /** A clock begins: if its cycle is one that broke, it will break again. */
  expect(clock: ClockState): void {
    if (this.unmet.length === 0) return;
    const before = this.unmet.find(
      (broken) => broken.clock.promise === clock.promise && broken.clock.cycleKey === clock.cycleKey,
    );
    if (!before) return;
    this.unmet = this.unmet.filter((broken) => broken !== before);
    this.known ??= new Map();
    this.known.set(clock, before);
  }

  of(clock: ClockState): BrokenBefore | undefined {
    return this.known?.get(clock);
  }

  /** Those whose clock never began, each once. */
  takeUnmet(): readonly BrokenBefore[] {
    const { unmet } = this;
    this.unmet = [];
    return unmet;
  }
}

/** A broken clock to go on with as another cycle, without changing the fold it comes from. */
export function copyOf({ clock, breach, sayings, past, terms }: BrokenBefore, cycle: number): BrokenBefore {
  return {
    clock: { ...clock, cycle, crossed: [...clock.crossed], passed: [...clock.passed] },
    breach,
    sayings: sayings.map((saying) => ({ ...saying, draft: { ...saying.draft, cycle } })),
    past: { ...past, runs: [...past.runs], segments: [...past.segments] },
    terms,
  };
}
