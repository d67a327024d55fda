import type { ChangeKind, Instant } from '@punctual/contracts';
import type { CompiledPolicy, PromiseTerms, Resolution } from '@punctual/policy';
import type { ClockBook } from './clock-book.js';
import { ClockCorrections } from './clock-corrections.js';
import { TimelineNeeded } from './clock-past.js';
import type { PolicyInForce } from './policy-in-force.js';
import type { PolicySwitch } from './policy-schedule.js';
import { pausedBy } from './reasons.js';
import { originOf } from './recount.js';
import { Standing } from './standing.js';
import type { AttributesState, ClockState, TicketState } from './ticket-state.js';

/** The cycle key where no event made the ticket known, only claims. */
export const CREATION = '~creation';

/** A ticket as a fold found it, and the policy then in force. */
interface Beginning extends Pick<TicketState, 'attributes' | 'priority' | 'exclusion'> {
  readonly policy: CompiledPolicy;
}

/**
 * What the policy promises a ticket as it stands, and the clocks that follow from it: which cycles start, which pause, and what a change of
 * the promises does to those that are open (SLA-SEMANTICS §3, §5).
 */
export class PromisedClocks {
  private applies: Resolution | null = null;
  /** How a continued fold began, until something asks what applied then: most events touch no clock. */
  private beginning: Beginning | null = null;
  private readonly standing: Standing | null;
  private readonly corrections: ClockCorrections;

  constructor(
    private readonly state: TicketState,
    private readonly policy: PolicyInForce,
    private readonly book: ClockBook,
    fromStart: boolean,
  ) {
    this.standing = fromStart ? new Standing() : null;
    this.corrections = new ClockCorrections(state, book);
    if (fromStart || state.covered === null) return;
    const { attributes, priority, exclusion } = state;
    this.beginning = { policy: policy.current, attributes, priority, exclusion };
  }

  /** What applies to the ticket, as it stood when that was last looked at; null before it is covered or found not to be. */
  private get resolution(): Resolution | null {
    if (this.beginning !== null) {
      const { policy, attributes, priority, exclusion } = this.beginning;
      this.applies = policy.resolve(attributes, priority, exclusion);
      this.beginning = null;
    }
    return this.applies;
  }

  /** Remembers how the ticket stands from `at` on. */
  recordStanding(at: Instant): void {
    this.standing?.record(this.state, at);
  }

  /** Asks the policy what applies now, and brings the clocks to it: something about the ticket changed, or the version (SLA-SEMANTICS §5). */
  bringUpToDate(
    at: Instant,
    cause: string | null,
    reasonCode: string,
    by: PolicySwitch['mode'] | 'ticket' = 'ticket',
  ): void {
    const kind: ChangeKind = by === 'retroactive' ? 'correction' : 'change';
    const { state } = this;
    const former = this.resolution;
    const now = this.resolve();
    if (now === former) return;
    const formerTerms = new Map(former?.covered ? former.promises.map((terms) => [terms.id, terms]) : []);
    for (const clock of [...state.clocks]) {
      const terms = this.promise(clock.promise, now);
      const before = formerTerms.get(clock.promise) ?? null;
      const open = clock.phase === 'running' || clock.phase === 'paused';
      if (!open) {
        if ((terms ?? null) !== before) clock.termsChanged = true;
      } else if (!terms) {
        const [code, sentence] = now.covered ? ['no_promise', null] : [now.code, now.reason];
        if (before && kind === 'correction') this.corrections.end(clock, before, at, code, sentence);
        else this.book.cancel(clock, before, at, cause, code, null, sentence);
      } else if (before) {
        if (terms === before || (by !== 'ticket' && terms.digest === before.digest)) this.book.rename(clock);
        else if (kind === 'correction') this.correct(clock, terms, before, at);
        else this.book.retarget(clock, terms, before, at, cause);
      }
    }
    this.applies = now;
    if (state.covered !== now.covered) this.sayCoverage(now, at, cause);
    if (!now.covered) return;
    for (const terms of now.promises)
      if (!formerTerms.has(terms.id)) this.startPresent(terms, at, cause, reasonCode, kind);
    this.reconsiderPauses(at, cause, 'wait_over');
  }

  /**
   * Another version takes the place of the one in force, while the ticket is open: `turn` puts it in force. What runs is put under its terms
   * as a change or as a correction; what ended stays as it was judged (SLA-SEMANTICS §5).
   */
  turnTo({ at, mode }: PolicySwitch, turn: () => void): void {
    for (const clock of this.openClocks()) this.book.endStretch(clock, this.termsOf(clock), at);
    turn();
    this.bringUpToDate(at, null, 'promised', mode);
  }

  /** Starts a cycle of each promise with this target that has none open; a solved ticket starts none. */
  startCycle(target: ClockState['target'], key: string, at: Instant, reasonCode: string): void {
    if (this.state.solved !== null || !this.resolution?.covered) return;
    for (const terms of this.resolution.promises) {
      if (terms.target === target && !this.openClocks(target).some(({ promise }) => promise === terms.id)) {
        this.startPromise(terms, key, at, reasonCode);
      }
    }
  }

  /** Takes back what the restored ticket's merge or deletion ended; the gap counts as paused. */
  restore(at: Instant, cause: string): void {
    for (const clock of this.state.clocks.filter(({ endedBy }) => endedBy === 'gone')) {
      const terms = this.termsOf(clock);
      this.book.revive(clock, terms, at, cause, 'restored', this.pauseReason(clock, terms));
    }
  }

  /** Takes back what solving ended, or begins anew, as each promise has it, and starts what waited for the reopening. */
  reopen(at: Instant, cause: string | null): void {
    const { state } = this;
    for (const clock of state.clocks.filter(({ endedBy }) => endedBy === 'solve')) {
      const terms = this.promise(clock.promise);
      if (!terms || terms.reopen === 'newCycle') {
        this.book.ended.retire((other) => other === clock);
        if (terms && clock.target === 'resolution') this.startPromise(terms, cause ?? CREATION, at, 'reopened');
      } else {
        this.book.revive(clock, terms, at, cause, 'reopened', this.pauseReason(clock, terms));
        this.catchUp(clock, terms, at, cause);
      }
    }
    if (state.origin === 'outbound' && state.owed !== null && !state.replied)
      this.startCycle('first_response', cause ?? CREATION, at, 'reopened');
    for (const terms of this.resolution?.covered ? this.resolution.promises : []) {
      if (state.cycles[terms.id] === undefined) this.startPresent(terms, at, cause, 'reopened');
    }
    if (state.owed !== null) this.startCycle('next_response', cause ?? CREATION, at, 'reopened');
    if (state.stay !== null) this.startCycle('team_ownership', cause ?? CREATION, at, 'reopened');
  }

  /** What applies changed while the clock was over: now that it goes on, it is put under that. */
  private catchUp(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null): void {
    const { termsChanged } = clock;
    delete clock.termsChanged;
    if (termsChanged === true) this.book.retarget(clock, terms, terms, at, cause);
    else this.book.rename(clock);
  }

  /** Says of which open clocks a correction, counted from the start already, changed the terms that were `believed` to apply. */
  sayCorrected(believed: AttributesState, at: Instant, cause: string): void {
    const former = this.policy.current.resolve(believed, this.state.priority, this.state.exclusion);
    for (const clock of this.openClocks()) {
      const before = this.promise(clock.promise, former);
      const terms = this.termsOf(clock);
      if (before !== undefined && before.digest !== terms.digest) this.book.sayCorrected(clock, terms, at, cause);
    }
  }

  /** Pauses and resumes open clocks as the ticket now stands. */
  reconsiderPauses(at: Instant, cause: string | null, resumeReason: string): void {
    for (const clock of this.openClocks()) {
      const terms = this.termsOf(clock);
      const reason = this.pauseReason(clock, terms);
      if (reason !== null) this.book.pause(clock, terms, at, cause, reason);
      else if (clock.phase === 'paused') this.book.resume(clock, terms, at, cause, resumeReason);
    }
  }

  /** Suspends and resumes what a surge suspends. A solved ticket has nothing running that one could. */
  reconsiderSurge(at: Instant, cause: string): void {
    if (this.state.solved !== null) return;
    for (const clock of this.openClocks()) {
      const terms = this.termsOf(clock);
      if (!terms.suspendedInSurge) continue;
      const reason = this.pauseReason(clock, terms);
      if (reason !== null) this.book.pause(clock, terms, at, cause, reason);
      else if (clock.phase === 'paused') this.book.resume(clock, terms, at, cause, 'surge_over');
    }
  }

  /** Whether a surge suspends any clock that is open. */
  get mindsSurges(): boolean {
    return this.openClocks().some((clock) => this.termsOf(clock).suspendedInSurge);
  }

  /** Why a promise is paused as the ticket stands; null where it runs. Solving pauses only a first response. */
  private pauseReason(clock: ClockState, terms: PromiseTerms): string | null {
    const { status, requesterWrote, solved, surge } = this.state;
    if (solved !== null) return clock.target === 'first_response' ? 'solved' : null;
    if (terms.pausesIn(status, requesterWrote)) return pausedBy(status);
    return surge?.open && terms.suspendedInSurge ? 'surge' : null;
  }

  /** The terms an open clock runs under; a clock without any is cancelled the moment its promise goes. */
  termsOf(clock: ClockState): PromiseTerms {
    const terms = this.promise(clock.promise);
    if (!terms) throw new Error(`no terms for promise '${clock.promise}' of an open clock`);
    return terms;
  }

  /** The terms a clock runs or ran under, as far as any are left; null where nothing is promised any more. */
  termsLeftOf(clock: ClockState): PromiseTerms | null {
    return this.promise(clock.promise) ?? null;
  }

  /** The running and paused clocks of these targets; of any, where none is named. */
  openClocks(...targets: readonly ClockState['target'][]): ClockState[] {
    if (this.state.clocks.length === 0) return [];
    return this.state.clocks.filter(
      ({ phase, target }) =>
        (phase === 'running' || phase === 'paused') && (targets.length === 0 || targets.includes(target)),
    );
  }

  private sayCoverage(resolution: Resolution, at: Instant, cause: string | null): void {
    this.state.covered = resolution.covered;
    if (resolution.covered)
      this.book.sayOfTicket(
        'sla.ticket.covered',
        at,
        cause,
        'covered',
        'The policy promises something for this ticket',
      );
    else this.book.sayOfTicket('sla.ticket.not_covered', at, cause, resolution.code, resolution.reason);
  }

  /**
   * Starts a promise that newly applies, from where its target naturally starts, if it still has something to ask. A solved ticket asks
   * nothing; its reopening comes here again.
   */
  private startPresent(
    terms: PromiseTerms,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    kind: ChangeKind = 'change',
  ): void {
    const { state } = this;
    const createdAt = state.createdAt ?? at;
    const key = state.createdId ?? CREATION;
    if (state.gone !== null || state.solved !== null) return;
    switch (terms.target) {
      case 'first_response': {
        // One that an agent began by writing asks for a reply once the requester has written.
        const from = state.origin === 'outbound' ? state.owed : { eventId: key, at: createdAt };
        if (from !== null && !state.replied) this.startSince(terms, from.eventId, from.at, at, cause, reasonCode, kind);
        return;
      }
      case 'acknowledgement':
        if (!state.acknowledged) this.startSince(terms, key, createdAt, at, cause, reasonCode, kind);
        return;
      case 'resolution':
        this.startSince(terms, key, createdAt, at, cause, reasonCode, kind);
        return;
      case 'next_response':
        if (createdAt === at && terms.fromCreation && state.origin !== 'outbound' && state.owed === null) {
          state.owed = { eventId: key, at };
        }
        if (state.owed) this.startSince(terms, state.owed.eventId, state.owed.at, at, cause, reasonCode, kind);
        return;
      case 'team_ownership':
        if (state.stay) this.startSince(terms, state.stay.eventId, state.stay.at, at, cause, reasonCode, kind);
        return;
      case 'periodic_update':
      case 'update_on_request':
        return;
    }
  }

  private startSince(
    terms: PromiseTerms,
    key: string,
    since: Instant,
    at: Instant,
    cause: string | null,
    reasonCode: string,
    kind: ChangeKind,
  ): void {
    if (since >= at || (kind === 'change' && terms.retarget !== 'fromStart')) {
      const clock = this.book.start(terms, key, at, at, cause, reasonCode);
      return this.pauseIfDue(clock, terms, at, cause);
    }
    if (!this.standing) throw new TimelineNeeded();
    const runs = this.standing.runsUnder(terms, since, at);
    const clock = this.book.start(terms, key, since, at, cause, reasonCode, runs);
    if (kind === 'correction') this.corrections.begin(clock, terms, at, runs);
    this.pauseIfDue(clock, terms, at, cause);
  }

  private correct(clock: ClockState, terms: PromiseTerms, before: PromiseTerms, at: Instant): void {
    if (!this.standing) throw new TimelineNeeded();
    const runs = this.standing.runsUnder(terms, originOf(clock, terms), at);
    this.corrections.correct(clock, terms, before, at, runs);
  }

  private startPromise(terms: PromiseTerms, key: string, at: Instant, reasonCode: string): void {
    const clock = this.book.start(terms, key, at, at, key === CREATION ? null : key, reasonCode);
    this.pauseIfDue(clock, terms, at, key === CREATION ? null : key);
  }

  private pauseIfDue(clock: ClockState, terms: PromiseTerms, at: Instant, cause: string | null): void {
    const reason = this.pauseReason(clock, terms);
    if (reason !== null) this.book.pause(clock, terms, at, cause, reason);
  }

  private promise(id: string, resolution: Resolution | null = this.resolution): PromiseTerms | undefined {
    return resolution?.covered ? resolution.promises.find((terms) => terms.id === id) : undefined;
  }

  private resolve(): Resolution {
    return this.policy.current.resolve(this.state.attributes, this.state.priority, this.state.exclusion);
  }
}
