import type { Message } from 'kafkajs';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const MINUTE = 60_000;
const directory = resolve(import.meta.dirname, '../../services/intake/examples/upstreams');

/** When the worked example of docs/connect/kafka.md begins, epoch ms. */
export const exampleStart = Date.parse('2026-03-02T09:00:00Z');

/** A file of the worked example, as text. */
export function example(name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

/** Puts the example's list of streams and mapping into a directory, on another topic; `more` is appended to the stream. Returns the list's path. */
export function writeExample(into: string, topic: string, more = ''): string {
  copyFileSync(join(directory, 'desk.mapping.yaml'), join(into, 'desk.mapping.yaml'));
  const path = join(into, 'upstreams.yaml');
  writeFileSync(path, example('upstreams.yaml').replace('helpdesk.ticket-changes', topic) + more);
  return path;
}

/** What says that a stream is in a cluster that is not (by configuration) that of our own log. */
export function inAnotherCluster(brokers: readonly string[]): string {
  return `    cluster:\n      brokers: [${brokers.map((broker) => `'${broker}'`).join(', ')}]\n`;
}

/** A change of the example's helpdesk, `minute` minutes after the start, produced when it happened. */
export function change(minute: number, ticket: number, kind: string, more: Record<string, unknown> = {}): Message {
  return changeAt(exampleStart + minute * MINUTE, `${ticket}-${kind}-${minute}`, ticket, kind, more);
}

/** A change of the example's helpdesk at an instant, epoch ms, with an id. */
export function changeAt(
  at: number,
  id: string,
  ticket: number,
  kind: string,
  more: Record<string, unknown> = {},
): Message {
  const by = { kind: kind === 'opened' ? 'customer' : 'staff', id: 'u1' };
  return {
    key: String(ticket),
    value: JSON.stringify({
      change: { id, kind, at: new Date(at).toISOString(), by, ...more },
      ticket: { id: ticket, urgency: 'urgent' },
    }),
    timestamp: String(at),
    headers: { tenant: 'acme' },
  };
}
