import type { Instant } from '@punctual/contracts';
import type { PromiseTerms } from '@punctual/policy';
import type { Run } from './clock.js';
import type { TicketState } from './ticket-state.js';

/** How a ticket stood from an instant on, as far as it matters to counting. */
interface Stand extends Pick<TicketState, 'status' | 'requesterWrote'> {
  readonly at: Instant;
  /** Solved, merged away or deleted: nothing counts. */
  readonly out: boolean;
  readonly surging: boolean;
}

/** How the ticket stood from when on; kept with the past, to count a promise made later from the start it names. */
export class Standing {
  private readonly stands: Stand[] = [];

  /** The ticket stands like this from `at` on. Called in the order of instants. */
  record({ status, requesterWrote, solved, gone, surge }: TicketState, at: Instant): void {
    const out = solved !== null || gone !== null;
    this.stands.push({ at, status, requesterWrote, out, surging: surge?.open ?? false });
  }

  /** The stretches of `[since, at)` in which a promise under these terms would have counted; touching ones are one. */
  runsUnder(terms: PromiseTerms, since: Instant, at: Instant): Run[] {
    const runs: Run[] = [];
    this.stands.forEach(({ at: from, status, requesterWrote, out, surging }, index) => {
      const to = Math.min(this.stands[index + 1]?.at ?? at, at);
      const begin = Math.max(from, since);
      if (begin >= to || out || terms.pausesIn(status, requesterWrote)) return;
      if (surging && terms.suspendedInSurge) return;
      const last = runs.at(-1);
      if (last?.to === begin) runs[runs.length - 1] = { from: last.from, to };
      else runs.push({ from: begin, to });
    });
    return runs;
  }
}
