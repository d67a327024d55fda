import type { SlaEvent, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { lawsPolicies } from '../laws/policies.spec-kit.js';
import { Station } from '../laws/station.spec-kit.js';
import { instant, story } from './story.spec-kit.js';

/** A desk that hears of a ticket while it lives: what is said, and taken back, in the order in which it is published. */
export class LiveDesk {
  private readonly station: Station;

  constructor(policy: string | CompiledPolicy = 'from-start') {
    const found = typeof policy === 'string' ? lawsPolicies.get(policy) : policy;
    if (!found) throw new Error(`no policy '${String(policy)}'`);
    this.station = new Station(found);
  }

  /** Hears of `events` (lines of a story, or events) at `until`, and folds up to there. Gives back what is published for it. */
  hear(events: readonly (string | TicketEvent)[], until: string): SlaEvent[] {
    const before = this.station.published.length;
    for (const told of events) {
      const read = typeof told === 'string' ? story(told) : [told];
      for (const event of read) this.station.deliver({ ...event, source: 'laws' });
    }
    const at = instant(until);
    this.station.watermark({ eventsUpTo: at, duesBefore: at });
    return this.station.published.slice(before).map(({ event }) => event);
  }

  /** Lets time pass. */
  wait(until: string): SlaEvent[] {
    return this.hear([], until);
  }

  get published(): SlaEvent[] {
    return this.station.published.map(({ event }) => event);
  }
}
