// What the clock service does with the engine, without its database: continue where possible, fold from the start where needed, publish.
import { continueTicket, foldTicket, publishContinued, publishRefolded, refoldCause } from '@punctual/sla-engine';

export class Desk {
  state = null;
  refolds = 0;
  published = [];
  #known = [];

  constructor(ticketId, policy) {
    this.id = { source: 'bench', ticket: ticketId };
    this.policy = policy;
  }

  /** Takes the next event that arrives; time is as late as the latest event. `decisions` is the ticket's history as then known. */
  take(event, decisions) {
    this.#known.push(event);
    this.latest = Math.max(this.latest ?? 0, event.occurredAt);
    const horizon = { eventsUpTo: this.latest, duesBefore: this.latest };
    const context = this.#context();
    const fresh = { events: [event], priorityHistory: decisions, coverageHistory: [] };
    const continued = this.state && continueTicket(this.state, fresh, this.policy, horizon);
    if (continued) {
      this.state = continued.state;
      this.published.push(...publishContinued(continued, context));
      return;
    }
    const folded = foldTicket(this.id, { ...fresh, events: this.#known }, this.policy, horizon);
    if (this.state === null) {
      this.published.push(...publishContinued(folded, context));
    } else {
      this.refolds += 1;
      const because = refoldCause(this.state, fresh, horizon);
      this.published.push(...publishRefolded(folded, this.#standing(), this.state.retractions, context, because));
    }
    this.state = folded.state;
  }

  /** What was published and not retracted. */
  #standing() {
    const corrected = new Set(this.published.map(({ event }) => event.corrects));
    return this.published.filter(({ event }) => !corrected.has(event.id));
  }

  #context() {
    return {
      ...this.id,
      policy: this.policy.id,
      detectedAt: this.latest,
      noticedAt: this.latest,
      mode: 'live',
    };
  }
}
