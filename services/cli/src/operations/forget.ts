import { deadLetterTopic, topics, type ForgetRecord, type ForgottenRecord, type SlaEvent } from '@punctual/contracts';
import { saidWithoutPeople } from '@punctual/sla-engine';
import { DeadLetterDesk, type LogRecord, type Rewritten } from '@punctual/stream';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitCode } from '../program.js';
import { formatTable } from '../terminal/table.js';
import { UserError } from '../user-error.js';
import {
  ERASED_DETAIL,
  heldOf,
  isAbout,
  lettersOf,
  placeOf,
  sealedTickets,
  ticketsOfRequester,
  ticketTopics,
  type Held,
  type TicketId,
} from './forgettable.js';
import { withLog, type OperatorConnection } from './operator-connection.js';

export interface ForgetOptions {
  readonly source: string;
  readonly ticket?: string;
  readonly requester?: string;
  readonly yes?: boolean;
}

/** How long the services may take to come to a request, ms: what they still have to fold stands before it. */
const SERVICES_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 200;

const tombstone: ForgottenRecord = { kind: 'forgotten' };

/**
 * Erases what people wrote on a ticket and who they are, and keeps what was said of its promises. What the services hold they erase themselves,
 * on a record in the ticket's place of the log; then what stands in the log before that record is erased. Exits with 1 where the services
 * did not come to it in time.
 */
export async function forget(options: ForgetOptions): Promise<ExitCode> {
  const { source, ticket, requester } = options;
  if ((ticket === undefined) === (requester === undefined)) {
    throw new UserError('which tickets are to be forgotten?', {
      fix: 'name one by --ticket, or a person by --requester',
    });
  }
  return withLog(async (connection) => {
    await assertServices(connection);
    const tickets =
      ticket === undefined ? await ticketsOfRequester(connection, source, requester ?? '') : [{ source, ticket }];
    const held: Held[] = [];
    for (const id of tickets) held.push(await heldOf(connection, id));
    for (const line of tableOf(held)) process.stdout.write(`${line}\n`);
    say(`${held.length} ticket${held.length === 1 ? '' : 's'}`);
    if (ticket === undefined) sayWhatIsSealed(source, await sealedTickets(connection, source));
    if (held.some(({ records }) => records === null)) sayWhatKafkaKeeps();
    if (options.yes !== true) {
      if (held.length > 0) say('nothing was done; add --yes to erase this');
      return 0;
    }
    let late = 0;
    for (const id of tickets) {
      const forgotten = await forgetTicket(connection, id);
      if (forgotten === null) {
        late += 1;
        say(`${id.source}/${id.ticket}: the services have not come to it yet; see that both run, and run this again`);
      } else if (forgotten.fieldsKept) {
        say(`${id.source}/${id.ticket}: what was decided rests on its fields, so the classifier keeps them`);
      }
    }
    say(`${tickets.length - late} forgotten`);
    return late > 0 ? 1 : 0;
  });
}

interface Forgotten {
  /** A decision would have been another without them. */
  readonly fieldsKept: boolean;
}

/** Returns null where a service has not come to the request in time. */
async function forgetTicket(connection: OperatorConnection, id: TicketId): Promise<Forgotten | null> {
  const { log, dataSource } = connection;
  const record: ForgetRecord = { kind: 'forget', ...id, requestId: randomUUID(), at: Date.now() };
  await log.publish([{ ...placeOf(connection, topics.received, id), value: record }]);
  const forgotten = await servicesForgot(connection, record.requestId);
  if (forgotten === null) return null;
  const letters = await lettersOf(connection, id);
  await new DeadLetterDesk(log, dataSource).dismiss(letters.filter(({ resolved }) => resolved === null));
  const erased = new Set(letters.map(({ origin, offset }) => `${deadLetterTopic(origin.topic)}/${offset}`));
  for (const topic of ticketTopics) {
    let reached = false;
    await log.overwrite(placeOf(connection, topic, id), (found) => {
      reached ||= (found.value as Partial<ForgetRecord> | null)?.requestId === record.requestId;
      return reached || !isAbout(found, id) ? null : rewritten(found);
    });
    await log.overwrite(placeOf(connection, deadLetterTopic(topic), id), (found) =>
      erased.has(`${found.topic}/${found.offset}`) ? { value: tombstone, headers: letterHeaders(found) } : null,
    );
  }
  return forgotten;
}

function rewritten({ topic, value }: LogRecord): Rewritten {
  return { value: topic === topics.sla ? saidWithoutPeople(value as SlaEvent) : tombstone, headers: {} };
}

/** What names the letter and its reason stays. */
function letterHeaders({ headers }: LogRecord): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('dead-letter-'));
  return { ...Object.fromEntries(own), 'dead-letter-detail': ERASED_DETAIL };
}

async function servicesForgot({ dataSource }: OperatorConnection, requestId: string): Promise<Forgotten | null> {
  for (let waited = 0; waited < SERVICES_WITHIN_MS; waited += ASK_EVERY_MS) {
    const [row]: Forgotten[] = await dataSource.query(
      `SELECT fields_kept AS "fieldsKept" FROM classifier.forgotten JOIN sla_clock.forgotten USING (request_id) WHERE request_id = $1`,
      [requestId],
    );
    if (row !== undefined) return row;
    await sleep(ASK_EVERY_MS);
  }
  return null;
}

async function assertServices({ dataSource }: OperatorConnection): Promise<void> {
  const [made]: { there: boolean }[] = await dataSource.query(
    `SELECT to_regclass('classifier.forgotten') IS NOT NULL AND to_regclass('sla_clock.forgotten') IS NOT NULL AS there`,
  );
  if (made?.there === true) return;
  throw new UserError('classifier and sla-clock of this version have not run on this database', {
    where: 'DATABASE_URL',
    fix: 'name the database of the services, and start them once before',
  });
}

function tableOf(held: readonly Held[]): string[] {
  if (held.length === 0) return [];
  return formatTable(
    ['source', 'ticket', 'classifier rows', 'events', 'dead letters', 'records of the log'].map((title) => ({ title })),
    held.map(({ source, ticket, classifierRows, events, deadLetters, records }) => [
      source,
      ticket,
      String(classifierRows),
      String(events),
      String(deadLetters),
      records === null ? '-' : String(records),
    ]),
  );
}

/** With the timelines of sealed tickets went who their requesters were. What people wrote into forms is left in the classifier for a while. */
function sayWhatIsSealed(source: string, sealed: number): void {
  if (sealed === 0) return;
  const tickets = sealed === 1 ? '1 sealed ticket' : `${sealed} sealed tickets`;
  say(
    `besides, the classifier still has form fields of ${tickets} of ${source}, whose requesters are not known any more;`,
  );
  say('  they go by themselves (docs/retention.md), or at once by --ticket');
}

function sayWhatKafkaKeeps(): void {
  say('records on Kafka cannot be erased one by one; they go with their topics:');
  say('  tickets.received, tickets.classified            30 days');
  say('  tickets.received.dlq, tickets.classified.dlq    90 days');
  say(
    '  sla.events                                      as the broker is told; names who waived a breach or answered an escalation, and why',
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
