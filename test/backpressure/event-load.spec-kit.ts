import { toCloudEvent, type TicketEvent } from '@punctual/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import { ticketEvents } from '../pipeline/ticket-events.js';

/** Requests under way at once; each has some events with long texts, and whoever is answered rests before the next. */
const senders = 40;
const eventsEach = 4;
const textLength = 8_000;
const restMs = 1_500;
/** How soon a request that was refused is sent again: no later than it is told, to press on. */
const againMs = 1_000;

/** What a sender was told when it was refused. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: string | null;
  readonly ms: number;
}

/** Helpdesks that send more than intake takes in at once, and send what was refused again until it is taken. */
export class EventLoad {
  /** Ids of the events that intake has answered for. */
  readonly accepted = new Set<string>();
  readonly refusals: Refusal[] = [];
  /** The longest that a request waited for its answer, ms. */
  slowestMs = 0;
  readonly #enough = new AbortController();
  readonly #sending: Promise<void>;
  #tickets = 0;

  constructor(private readonly intake: string) {
    this.#sending = Promise.all(Array.from({ length: senders }, () => this.#send())).then(() => undefined);
    this.#sending.catch(() => undefined);
  }

  /** Resolves when what was begun is answered for; rejects where some request got no answer at all. */
  async stop(): Promise<void> {
    this.#enough.abort();
    await this.#sending;
  }

  /** Refusals since the call before, by code. */
  takeRefusals(): ReadonlyMap<string, readonly Refusal[]> {
    return Map.groupBy(this.refusals.splice(0), ({ code }) => code);
  }

  async #send(): Promise<void> {
    while (!this.#enough.signal.aborted) {
      const events = Array.from({ length: eventsEach }, () => this.#event());
      while (!(await this.#isTaken(events))) await pause(againMs);
      for (const { id } of events) this.accepted.add(id);
      await pause(restMs);
    }
  }

  async #isTaken(events: readonly TicketEvent[]): Promise<boolean> {
    const began = performance.now();
    const answer = await fetch(`${this.intake}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events.map(toCloudEvent)),
    });
    const body = (await answer.json()) as { readonly code?: string };
    const ms = performance.now() - began;
    this.slowestMs = Math.max(this.slowestMs, ms);
    if (answer.status === 202) return true;
    const { status, headers } = answer;
    this.refusals.push({ status, code: body.code ?? '', retryAfter: headers.get('retry-after'), ms });
    return false;
  }

  #event(): TicketEvent {
    this.#tickets += 1;
    const ticket = `T-${this.#tickets}`;
    const created = ticketEvents('desk', ticket, Date.now()).created(0, { body: ticket.padEnd(textLength, ' lorem') });
    return { ...created, id: ticket };
  }
}
