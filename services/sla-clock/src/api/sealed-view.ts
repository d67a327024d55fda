import { publishedEscalations } from './published-escalations.js';
import { wireEscalation, wireInstant } from './wire.js';
import type { TicketRow } from '../fold/ticket-row.js';
import { lettersOf } from '../storage/incomplete-store.js';
import type { Sql } from '@punctual/stream';
import { readLinks } from './links-view.js';
import { storedClocks } from './stored-clocks.js';

interface KeptColumns {
  readonly created_at: string | null;
  readonly priority: string | null;
  readonly covered: boolean | null;
}

/** A sealed ticket as it goes over HTTP: its verdicts, and what of the ticket itself is kept. */
export async function describeSealed(sql: Sql, row: TicketRow) {
  const [kept] = await sql.query<KeptColumns>(
    'SELECT created_at, priority, covered FROM sla_clock.ticket WHERE source = $1 AND ticket = $2',
    [row.source, row.ticket],
  );
  const missing = await lettersOf(sql, row);
  const createdAt = kept?.created_at ?? null;
  return {
    source: row.source,
    ticket: row.ticket,
    policy: row.policy,
    policyVersion: row.policyVersion,
    createdAt: wireInstant(createdAt === null ? null : Number(createdAt)),
    attributes: null,
    status: null,
    assignee: null,
    priority: kept?.priority ?? null,
    priorityHistory: [],
    coverage: { covered: kept?.covered ?? null, code: null, reason: null },
    quarantined: null,
    incomplete: missing.length > 0,
    deadLetters: missing,
    sealedAt: wireInstant(row.sealedAt),
    asOf: wireInstant(row.duesBefore),
    provisional: false,
    clocks: await storedClocks(sql, row),
    links: await readLinks(sql, row, null),
    escalations: (await publishedEscalations(sql, row)).map(wireEscalation),
  };
}
