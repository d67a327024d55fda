import type { SurgeRecord } from '@punctual/contracts';
import type { SurgeInterval } from '@punctual/sla-engine';

/** A surge with what was said of it. */
export interface DeskSurge extends SurgeInterval {
  /** Why it began. */
  readonly reason: string;
}

/** The surges of policies' desks as a partition of the log tells them: in order, and apart from each other. */
export class DeskSurges {
  private readonly surges = new Map<string, DeskSurge[]>();

  /** The surges of a policy's desk, oldest first. */
  of(policy: string): readonly DeskSurge[] {
    return this.surges.get(policy) ?? [];
  }

  /** One that is stored. */
  add(policy: string, surge: DeskSurge): void {
    const known = this.surges.get(policy);
    if (known) known.push(surge);
    else this.surges.set(policy, [surge]);
  }

  /**
   * Takes a record in; gives back the surge it began or ended. Null where it says nothing new: it came before, one is open already, or there is
   * none to end. None begins before the last one ended, or ends before it began.
   */
  take({ policy, id, state, at, reason }: SurgeRecord): DeskSurge | null {
    const known = this.of(policy);
    if (known.some(({ startedBy, endedBy }) => startedBy === id || endedBy === id)) return null;
    const last = known.at(-1);
    const open = last !== undefined && last.to === null ? last : null;
    if (state === 'started') {
      if (open !== null) return null;
      const surge = { from: Math.max(at, last?.to ?? at), to: null, startedBy: id, endedBy: null, reason };
      this.add(policy, surge);
      return surge;
    }
    if (open === null) return null;
    const ended = { ...open, to: Math.max(at, open.from), endedBy: id };
    this.surges.set(policy, [...known.slice(0, -1), ended]);
    return ended;
  }
}
