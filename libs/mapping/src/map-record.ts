import { parseCloudEvent, type Instant, type TicketEvent } from '@punctual/contracts';
import { cloudEventIn, jsonIn } from './cloud-event-record.js';
import type { RecordMapping } from './load-record-mapping.js';
import { eventsOfRow, ticketOf, type RejectCode } from './map-row.js';
import { recordRow } from './record-columns.js';
import type { UpstreamRecord } from './upstream-record.js';

export type RecordRejectCode = RejectCode | 'not_json' | 'not_a_text' | 'not_a_cloud_event' | 'wrong_source';

export type RecordOutcome =
  | { readonly kind: 'events'; readonly events: readonly TicketEvent[] }
  | { readonly kind: 'ignored'; readonly reason: string }
  | {
      readonly kind: 'rejected';
      readonly ticket: string | null;
      readonly code: RecordRejectCode;
      readonly reason: string;
    };

/**
 * What one record of a stream says, received at `receivedAt` (epoch ms). Pure, and nothing is remembered from one record to the next: the
 * same record gives the same events with the same ids, whoever reads it and however often.
 */
export function mapRecord(mapping: RecordMapping, record: UpstreamRecord, receivedAt: Instant): RecordOutcome {
  if (record.value === null) return { kind: 'ignored', reason: 'a tombstone says nothing' };
  const read = jsonIn(record.value);
  if ('problem' in read) return rejected('not_json', read.problem);
  if (mapping.format === 'cloudevents') return readCloudEvent(mapping.source, record, read.value, receivedAt);
  const found = recordRow(mapping.columns, record, read.value, mapping.lists);
  if ('problem' in found) return rejected('not_a_text', found.problem);
  const ticket = ticketOf(mapping.rows, found.row);
  if (ticket === null) return rejected('no_ticket', `'${mapping.rows.document.ticket}' is empty or not there`);
  const { topic, partition, offset } = record;
  const outcome = eventsOfRow(mapping.rows, found.row, ticket, {
    memory: null,
    place: `${topic}/${partition}/${offset}`,
    sequence: offset,
  });
  if (outcome.kind === 'ignored') return outcome;
  if (outcome.kind === 'rejected') return { ...outcome, ticket };
  return { kind: 'events', events: outcome.events.map((event) => ({ ...event, receivedAt })) };
}

function readCloudEvent(source: string, record: UpstreamRecord, value: unknown, receivedAt: Instant): RecordOutcome {
  const claimed = cloudEventIn(record, value);
  if (claimed === undefined) {
    return rejected('not_a_cloud_event', "neither the value has 'specversion', nor the headers ce_specversion");
  }
  const parsed = parseCloudEvent(claimed, receivedAt);
  if ('problems' in parsed) {
    const told = parsed.problems.slice(0, 5).map(({ path, detail }) => `${path || '/'}: ${detail}`);
    return rejected('invalid_event', told.join('; '));
  }
  const { event } = parsed;
  if (event.source === source) return { kind: 'events', events: [event] };
  const told = `the event is of source '${event.source}', but this stream is of '${source}', whose time it moves`;
  return { kind: 'rejected', ticket: event.ticket, code: 'wrong_source', reason: told };
}

function rejected(code: RecordRejectCode, reason: string): RecordOutcome {
  return { kind: 'rejected', ticket: null, code, reason };
}
