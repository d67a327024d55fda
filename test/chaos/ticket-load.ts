import { toCloudEvent, type TicketEvent } from '@punctual/contracts';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ticketEvents } from '../pipeline/ticket-events.js';
import type { Deployment } from './deployment.js';
import type { Random } from './random.js';

export const SOURCE = 'desk';

/** An event as it was sent, and when intake acknowledged it (epoch ms). */
export interface Delivery {
  readonly event: TicketEvent;
  acknowledgedAt: number | null;
  attempts: number;
}

export const policyText = readFileSync(new URL('./seconds.policy.yaml', import.meta.url), 'utf8');

/** A helpdesk: makes tickets at a steady rate, each event when it happens, and sends it until some intake has acknowledged it. */
export class TicketLoad {
  readonly tickets = new Map<string, Delivery[]>();
  readonly #deployment: Deployment;
  readonly #random: Random;
  readonly #sending = new Set<Promise<void>>();
  #broken: unknown;

  constructor(deployment: Deployment, random: Random) {
    this.#deployment = deployment;
    this.#random = random;
  }

  async publishPolicy(): Promise<void> {
    await this.#put('/v1/policies/seconds', policyText, 'application/yaml');
    await this.#put(`/v1/sources/${SOURCE}`, JSON.stringify({ policy: 'seconds' }), 'application/json');
  }

  /** Makes tickets until `signal`, `perSecond` of them. */
  async run(perSecond: number, signal: AbortSignal): Promise<void> {
    for (let number = 1; !signal.aborted && this.#broken === undefined; number += 1) {
      this.#begin(`T-${number}`);
      await pause(1_000 / perSecond);
    }
  }

  /** Resolves when every event is acknowledged. */
  async delivered(): Promise<void> {
    await Promise.all(this.#sending);
    if (this.#broken !== undefined) throw this.#broken;
  }

  #begin(ticket: string): void {
    const deliveries = story(ticket, Date.now(), this.#random).map((event): Delivery => ({
      event,
      acknowledgedAt: null,
      attempts: 0,
    }));
    this.tickets.set(ticket, deliveries);
    for (const delivery of deliveries) {
      const sent = this.#send(delivery).catch((error: unknown) => (this.#broken ??= error));
      this.#sending.add(sent as Promise<void>);
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    await pause(Math.max(0, delivery.event.occurredAt - Date.now()));
    for (;;) {
      delivery.attempts += 1;
      const { url } = this.#random.pick(this.#deployment.of('intake'));
      const answer = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(toCloudEvent(delivery.event)),
        signal: AbortSignal.timeout(12_000),
      }).catch(() => null);
      await answer?.body?.cancel().catch(() => undefined);
      if (answer?.ok === true) {
        delivery.acknowledgedAt = Date.now();
        return;
      }
      if (answer !== null && answer.status < 500)
        throw new Error(`${delivery.event.id}: refused with ${answer.status}`);
      await pause(200);
    }
  }

  async #put(path: string, body: string, type: string): Promise<void> {
    const { url } = this.#random.pick(this.#deployment.of('intake'));
    const answer = await fetch(`${url}${path}`, { method: 'PUT', body, headers: { 'content-type': type } });
    if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
  }
}

/** The last event of a ticket comes no later after its first, and the last deadline no later after that, settled, ms. */
export const longestStoryMs = 7_600;
export const longestPromiseMs = 6_000 + 2_000 + 1_000;

/** A ticket's life of some seconds: answered in time or late, asked again, solved or left open. */
export function story(ticket: string, start: number, random: Random): TicketEvent[] {
  const make = ticketEvents(SOURCE, ticket, start);
  const minutes = (ms: number): number => ms / 60_000;
  const events = [make.created(0, { priority: random.pick(['urgent', 'normal']) })];
  if (random.next() < 0.8) events.push(make.agent(minutes(random.between(300, 5_000))));
  if (random.next() < 0.5) events.push(make.requester(minutes(random.between(300, 4_000))));
  if (random.next() < 0.4) events.push(make.agent(minutes(random.between(2_000, 7_000))));
  if (random.next() < 0.3) events.push(make.priority(minutes(random.between(200, 3_000)), 'urgent'));
  if (random.next() < 0.7) events.push(make.status(minutes(random.between(1_500, 7_500)), 'solved'));
  // Whole and distinct milliseconds: what happens at once has no order to be kept.
  return events.map((event, index) => ({
    ...event,
    id: `${ticket}-${index + 1}`,
    occurredAt: Math.round((event.occurredAt - start) / 10) * 10 + start + index,
  }));
}
