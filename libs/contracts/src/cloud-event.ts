import { z } from 'zod';
import { formatInstant, InstantText } from './instant.js';
import { ticketEventData, ticketEventTypes, type TicketEvent, type TicketEventType } from './ticket-event.js';

/**
 * The envelope of CloudEvents 1.0 (https://cloudevents.io) around a ticket event:
 * `id` the vendor's entity id, `source` the helpdesk, `subject` the ticket, `time` when it happened, `type` one of `ticket.*`,
 * extension `sequence` the source's own order.
 */

/** The document that `dataschema` would name; raised when a reader of the older one would misread the newer. */
export const TICKET_EVENT_VERSION = 1;

const sourceText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._~:/@%+-]*$/, 'a source is a URI reference: letters, digits and . _ ~ : / @ % + -');

const noControlCharacters = /^[^\u0000-\u001f\u007f]+$/;

const identifier = z.string().min(1).max(200).regex(noControlCharacters, 'control characters are not allowed here');

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: identifier,
  source: sourceText,
  type: z.string(),
  subject: identifier,
  time: InstantText,
  sequence: z
    .union([
      z.int().min(0),
      z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    ])
    .optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/([a-z0-9.+-]+\+)?json\b/i, 'data is JSON here: use application/json')
    .optional(),
  data: z.unknown(),
});

/** One thing wrong with an event: where (a JSON Pointer, RFC 6901), what, and a code that does not change. */
export interface EventProblem {
  readonly code: 'not_a_cloud_event' | 'unknown_type' | 'missing_field' | 'unknown_field' | 'invalid_field';
  readonly path: string;
  readonly detail: string;
}

export type ParsedTicketEvent = { readonly event: TicketEvent } | { readonly problems: readonly EventProblem[] };

/**
 * Reads a CloudEvent in structured JSON form (already parsed from JSON) as a ticket event.
 * `receivedAt` is epoch ms, or null offline. Returns every problem found, never throws for bad input.
 */
export function parseCloudEvent(value: unknown, receivedAt: number | null): ParsedTicketEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problems: [{ code: 'not_a_cloud_event', path: '', detail: 'a CloudEvent is a JSON object' }] };
  }
  const head = envelope.safeParse(value);
  const problems = head.success ? [] : head.error.issues.flatMap((issue) => toProblems(issue, value, []));
  const type = (value as { type?: unknown }).type;
  if (typeof type === 'string' && !Object.hasOwn(ticketEventData, type)) {
    problems.push({
      code: 'unknown_type',
      path: '/type',
      detail: `'${type.slice(0, 60)}' is not a type Punctual knows; it knows ${ticketEventTypes.join(', ')}`,
    });
  }
  if (!head.success || problems.length > 0) return { problems };
  const data = head.data.data ?? {};
  const body = ticketEventData[type as TicketEventType].safeParse(data);
  if (!body.success) return { problems: body.error.issues.flatMap((issue) => toProblems(issue, data, ['data'])) };
  return {
    event: {
      id: head.data.id,
      source: head.data.source,
      ticket: head.data.subject,
      type,
      occurredAt: head.data.time,
      receivedAt,
      sequence: head.data.sequence ?? -1,
      data: body.data,
    } as TicketEvent,
  };
}

/** The structured JSON form of a ticket event: `parseCloudEvent(toCloudEvent(e), e.receivedAt)` gives `e` back. */
export function toCloudEvent(event: TicketEvent): Record<string, unknown> {
  const { ticket, ...data } = event.data;
  const claim = ticket?.createdAt;
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.ticket,
    time: formatInstant(event.occurredAt),
    ...(event.sequence >= 0 ? { sequence: event.sequence } : {}),
    datacontenttype: 'application/json',
    data: claim === undefined ? data : { ticket: { createdAt: formatInstant(claim) }, ...data },
  };
}

function toProblems(issue: z.core.$ZodIssue, input: unknown, prefix: readonly string[]): EventProblem[] {
  const path = [...prefix, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'unknown_field',
      path: pointer([...path, key]),
      detail: `'${key}' is not a field of this event`,
    }));
  }
  const missing = valueAt(input, issue.path) === undefined;
  return [
    {
      code: missing ? 'missing_field' : 'invalid_field',
      path: pointer(path),
      detail: missing ? `'${path.at(-1)}' is required` : issue.message,
    },
  ];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

function pointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
