import { ticketPartition, topics, type ReleaseRecord } from '@punctual/contracts';
import type { DataSource } from 'typeorm';
import type { ExitCode } from '../program.js';
import { Output } from '../terminal/output.js';
import { formatTable } from '../terminal/table.js';
import { UserError } from '../user-error.js';
import { withDatabase, withLog } from './operator-connection.js';

/** A ticket that stands aside because a service could not take in what it was told. */
interface QuarantinedTicket {
  readonly service: 'classifier' | 'sla-clock';
  readonly source: string;
  readonly ticket: string;
  readonly partition: number;
  readonly reason: string;
}

/** Lists the tickets that stand aside, by service. */
export async function quarantineList({ json }: { readonly json?: boolean }): Promise<ExitCode> {
  const tickets = await withDatabase(quarantined);
  const output = Output.stdout();
  if (json === true) for (const ticket of tickets) await output.line(JSON.stringify(ticket));
  else for (const line of tableOf(tickets)) await output.line(line);
  await output.close();
  process.stderr.write(`${tickets.length} quarantined ticket${tickets.length === 1 ? '' : 's'}\n`);
  return 0;
}

/**
 * Lets a ticket be tried again, with everything parked meanwhile. The request is a record on the ticket's partition, so that it takes its place
 * among the ticket's events, and both services see it.
 */
export async function quarantineRelease(source: string, ticket: string): Promise<ExitCode> {
  return withLog<ExitCode>(async ({ log, dataSource }) => {
    const found = (await quarantined(dataSource)).filter((one) => one.source === source && one.ticket === ticket);
    if (found.length === 0) {
      throw new UserError(`ticket '${ticket}' of source '${source}' is not quarantined`, {
        fix: 'see quarantine list',
        where: `${source}/${ticket}`,
      });
    }
    const value: ReleaseRecord = { kind: 'release', source, ticket };
    const partition = ticketPartition(source, ticket, log.partitions);
    await log.publish([{ topic: topics.received, partition, key: `${source}/${ticket}`, value }]);
    for (const { service } of found) process.stderr.write(`${source}/${ticket}: ${service} will try it again\n`);
    return 0;
  });
}

/** Read from the services' tables: a ticket can stand aside without a dead letter, where nothing but time was to be folded. */
async function quarantined(dataSource: DataSource): Promise<QuarantinedTicket[]> {
  const found: QuarantinedTicket[] = [];
  for (const [service, table] of [
    ['classifier', 'classifier.ticket'],
    ['sla-clock', 'sla_clock.ticket'],
  ] as const) {
    const [made]: { there: boolean }[] = await dataSource.query('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
    if (made?.there !== true) continue;
    const rows: Omit<QuarantinedTicket, 'service'>[] = await dataSource.query(
      `SELECT source, ticket, partition, quarantined AS reason FROM ${table}
        WHERE quarantined IS NOT NULL ORDER BY partition, source, ticket`,
    );
    found.push(...rows.map((row) => ({ service, ...row })));
  }
  return found;
}

function tableOf(tickets: readonly QuarantinedTicket[]): string[] {
  if (tickets.length === 0) return [];
  return formatTable(
    ['service', 'source', 'ticket', 'partition', 'reason'].map((title) => ({ title })),
    tickets.map(({ service, source, ticket, partition, reason }) => [
      service,
      source,
      ticket,
      String(partition),
      reason,
    ]),
  );
}
