import { deadLetterTopic, ticketPartition, topics, type SlaEvent } from '@punctual/contracts';
import { namesPeople } from '@punctual/sla-engine';
import { DeadLetterDesk, ticketOf, type FoundLetter, type KeyPlace, type LogRecord } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import type { OperatorConnection } from './operator-connection.js';

export interface TicketId {
  readonly source: string;
  readonly ticket: string;
}

/** What is held of a ticket that may name a person or hold what a person wrote. */
export interface Held extends TicketId {
  /** Rows of the classifier: the ticket, its decisions, records that stand aside. */
  readonly classifierRows: number;
  readonly events: number;
  readonly deadLetters: number;
  /** Null where records of the log cannot be erased. */
  readonly records: number | null;
}

/** The topics whose records are about single tickets. */
export const ticketTopics = [topics.received, topics.classified, topics.sla] as const;

/** Tickets in which somebody is the requester, as far as anything kept still says so. */
export async function ticketsOfRequester(
  { dataSource, log }: OperatorConnection,
  source: string,
  actorId: string,
): Promise<TicketId[]> {
  const found = new Set<string>();
  const rows: { ticket: string }[] = await dataSource.query(
    `SELECT t.ticket FROM classifier.ticket t, json_array_elements_text(t.requesters) AS known (id)
      WHERE t.source = $1 AND known.id = $2
      UNION
     SELECT ticket FROM (
       SELECT ticket, event->'data'->'actor' AS actor FROM sla_clock.ticket_event WHERE source = $1
       UNION ALL
       SELECT ticket, record->'event'->'data'->'actor' FROM classifier.parked WHERE source = $1) said
      WHERE actor->>'role' = 'requester' AND actor->>'id' = $2`,
    [source, actorId],
  );
  for (const { ticket } of rows) found.add(ticket);
  for (const topic of [topics.received, deadLetterTopic(topics.received)]) {
    await log.scan(topic, ({ value }) => {
      const about = ticketOf(value);
      if (about?.source === source && isRequester(value, actorId)) found.add(about.ticket);
    });
  }
  return [...found].sort().map((ticket) => ({ source, ticket }));
}

/** What is held of a ticket now. */
export async function heldOf(connection: OperatorConnection, id: TicketId): Promise<Held> {
  const { dataSource, log } = connection;
  let records = 0;
  let erasable = true;
  for (const topic of ticketTopics) {
    const count = (record: LogRecord): null => {
      if (isAbout(record, id)) records += 1;
      return null;
    };
    if ((await log.overwrite(placeOf(connection, topic, id), count)) === null) erasable = false;
  }
  return {
    ...id,
    ...(await countRows(dataSource, id)),
    deadLetters: (await lettersOf(connection, id)).length,
    records: erasable ? records : null,
  };
}

/** The dead letters of a ticket that still say something: those whose record speaks of it, and unreadable ones under its key. */
export async function lettersOf(
  { log, dataSource }: OperatorConnection,
  { source, ticket }: TicketId,
): Promise<FoundLetter[]> {
  const letters = await new DeadLetterDesk(log, dataSource).list({ which: 'all' });
  return letters.filter(({ about, key, detail }) => {
    if (about !== null) return about.source === source && about.ticket === ticket;
    return key === `${source}/${ticket}` && detail !== ERASED_DETAIL;
  });
}

/**
 * How many tickets of a source are sealed while the classifier still holds form fields of them, and nobody knows any more whose: nothing ever
 * said who the requester is, or it was said to a version that did not keep it.
 */
export async function sealedTickets({ dataSource }: OperatorConnection, source: string): Promise<number> {
  const [row]: { sealed: number }[] = await dataSource.query(
    `SELECT count(*)::integer AS sealed FROM sla_clock.ticket t JOIN classifier.ticket c USING (source, ticket)
      WHERE source = $1 AND t.sealed_at IS NOT NULL AND c.removed_at IS NULL AND json_array_length(c.requesters) = 0
        AND EXISTS (SELECT FROM json_array_elements(c.inputs) AS said (input)
                     WHERE json_typeof(said.input->'fields') = 'object' AND said.input->>'fields' <> '{}')`,
    [source],
  );
  return row?.sealed ?? 0;
}

/** Stands in a letter's headers for what failed, which may have quoted the record. */
export const ERASED_DETAIL = 'the record was erased';

export function placeOf({ log }: OperatorConnection, topic: string, { source, ticket }: TicketId): KeyPlace {
  return { topic, partition: ticketPartition(source, ticket, log.partitions), key: `${source}/${ticket}` };
}

/** Whether a record under the ticket's key speaks of it: another source and ticket may share the key. What cannot be read counts. */
export function isAbout({ topic, value }: LogRecord, { source, ticket }: TicketId): boolean {
  if (topic === topics.sla) {
    const said = value as SlaEvent | null;
    return said?.source === source && said.ticket === ticket && namesPeople(said);
  }
  const { kind } = (value ?? {}) as { kind?: unknown };
  if (kind !== 'event' && typeof kind === 'string') return false;
  const about = ticketOf(value);
  return about === null || (about.source === source && about.ticket === ticket);
}

async function countRows(
  dataSource: DataSource,
  { source, ticket }: TicketId,
): Promise<{ classifierRows: number; events: number }> {
  const [row]: { classifier_rows: number; events: number }[] = await dataSource.query(
    `SELECT ((SELECT count(*) FROM classifier.ticket WHERE source = $1 AND ticket = $2)
           + (SELECT count(*) FROM classifier.decision WHERE source = $1 AND ticket = $2)
           + (SELECT count(*) FROM classifier.parked WHERE source = $1 AND ticket = $2))::integer AS classifier_rows,
            (SELECT count(*) FROM sla_clock.ticket_event WHERE source = $1 AND ticket = $2)::integer AS events`,
    [source, ticket],
  );
  return { classifierRows: row?.classifier_rows ?? 0, events: row?.events ?? 0 };
}

function isRequester(value: unknown, actorId: string): boolean {
  const { event } = value as { event?: { data?: { actor?: { role?: unknown; id?: unknown } | null } | null } };
  const actor = event?.data?.actor;
  return actor?.role === 'requester' && actor.id === actorId;
}
