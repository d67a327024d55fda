import type { Actor, Instant, TicketEvent, TicketEventData, TicketEventType } from '@punctual/contracts';

/** Collects a ticket's events in time order, with ids and sequence numbers of their own. */
export class StoryLog {
  readonly events: TicketEvent[] = [];
  #at: Instant;

  constructor(
    readonly source: string,
    readonly ticket: string,
    startsAt: Instant,
  ) {
    this.#at = startsAt;
  }

  /** The instant of the last event, epoch ms. */
  get at(): Instant {
    return this.#at;
  }

  /** Appends an event at `at`, or a second after the one before it where that would be earlier. */
  add<T extends TicketEventType>(type: T, at: Instant, data: TicketEventData<T>): void {
    const occurredAt = this.events.length === 0 ? at : Math.max(Math.round(at), this.#at + 1_000);
    this.#at = occurredAt;
    const sequence = this.events.length;
    this.events.push({
      id: `${this.ticket}-${sequence + 1}`,
      source: this.source,
      ticket: this.ticket,
      occurredAt,
      receivedAt: null,
      sequence,
      type,
      data,
    } as TicketEvent);
  }

  message(at: Instant, actor: Actor, body: string, language: string): void {
    this.add('ticket.message.added', at, { actor, visibility: 'public', autoReply: false, body, language });
  }

  note(at: Instant, actor: Actor, body: string, language: string): void {
    this.add('ticket.message.added', at, { actor, visibility: 'internal', autoReply: false, body, language });
  }
}
