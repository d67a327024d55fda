import type { SlaEvent } from '@punctual/contracts';
import type { ClockView, Published } from '@punctual/sla-engine';
import { jsonLines, type Sql } from '@punctual/stream';
import { monthOf } from './month.js';
import type { TicketId, TicketSpan } from './ticket-store.js';

/** A ticket's clocks as a fold left them. */
export interface ClocksOfTicket extends TicketId {
  readonly policy: string;
  readonly clocks: readonly ClockView[];
  /** `all`: the fold began at the start, so a stored clock that is not among them never was. */
  readonly extent: 'changed' | 'all';
}

/** What two folds of a ticket, one after the other, leave of its clocks. */
export function laterClocks(before: ClocksOfTicket | undefined, after: ClocksOfTicket): ClocksOfTicket {
  if (before === undefined || after.extent === 'all') return after;
  const clocks = new Map([...before.clocks, ...after.clocks].map((clock) => [cycleName(clock), clock]));
  return { ...after, clocks: [...clocks.values()], extent: before.extent };
}

/** A cycle of a promise, apart from all others of its ticket. */
function cycleName({ promise, cycle }: ClockView): string {
  return `${cycle} ${promise}`;
}

/** Writes changed clocks, and removes those that a fold from the start no longer knows. */
export async function saveClocks(sql: Sql, partition: number, tickets: readonly ClocksOfTicket[]): Promise<void> {
  const whole = tickets.filter(({ extent }) => extent === 'all');
  await Promise.all([removeUnknown(sql, whole), writeClocks(sql, partition, tickets)]);
}

async function removeUnknown(sql: Sql, tickets: readonly ClocksOfTicket[]): Promise<void> {
  if (tickets.length === 0) return;
  await sql.query(
    `DELETE FROM sla_clock.clock c
      USING unnest($1::text[], $2::text[], $3::text[]) AS folded (source, ticket, kept)
      WHERE c.source = folded.source AND c.ticket = folded.ticket
        AND NOT c.cycle || ' ' || c.promise = ANY (string_to_array(folded.kept, E'\\n'))`,
    [
      tickets.map(({ source }) => source),
      tickets.map(({ ticket }) => ticket),
      tickets.map(({ clocks }) => clocks.map(cycleName).join('\n')),
    ],
  );
}

async function writeClocks(sql: Sql, partition: number, tickets: readonly ClocksOfTicket[]): Promise<void> {
  const rows = tickets.flatMap((ticket) => ticket.clocks.map((clock) => ({ ...ticket, clock })));
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO sla_clock.clock (partition, source, ticket, policy, promise, cycle, target, commitment, priority, cycle_key, outcome,
       phase, started_at, due_at, breached_at, stopped_at, late_ms, waived, view)
     SELECT $1, c.source, c.ticket, c.policy, c.promise, c.cycle, c.target, c.commitment, c.priority, c.cycle_key, c.outcome,
            c.phase, c.started_at, c.due_at, c.breached_at, c.stopped_at, c.late_ms, c.waived, c.view::json
       FROM ROWS FROM (
              unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::text[],
                     $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::boolean[]),
              string_to_table($19, E'\\n'))
            AS c (source, ticket, policy, promise, cycle, target, commitment, priority, cycle_key, outcome, phase, started_at,
                  due_at, breached_at, stopped_at, late_ms, waived, view)
     ON CONFLICT (source, ticket, promise, cycle) DO UPDATE SET
       target = excluded.target, commitment = excluded.commitment, priority = excluded.priority, cycle_key = excluded.cycle_key,
       outcome = excluded.outcome, phase = excluded.phase, started_at = excluded.started_at, due_at = excluded.due_at,
       breached_at = excluded.breached_at, stopped_at = excluded.stopped_at, late_ms = excluded.late_ms, waived = excluded.waived,
       view = excluded.view`,
    [
      partition,
      rows.map((row) => row.source),
      rows.map((row) => row.ticket),
      rows.map((row) => row.policy),
      rows.map(({ clock }) => clock.promise),
      rows.map(({ clock }) => clock.cycle),
      rows.map(({ clock }) => clock.target),
      rows.map(({ clock }) => clock.commitment),
      rows.map(({ clock }) => clock.priority),
      rows.map(({ clock }) => clock.cycleKey),
      rows.map(({ clock }) => clock.outcome),
      rows.map(({ clock }) => clock.phase),
      rows.map(({ clock }) => clock.startedAt),
      rows.map(({ clock }) => clock.dueAt),
      rows.map(({ clock }) => clock.breachedAt),
      rows.map(({ clock }) => clock.stoppedAt),
      rows.map(({ clock }) => clock.lateMs),
      rows.map(({ clock }) => clock.waived),
      jsonLines(rows.map(({ clock }) => clock)),
    ],
  );
}

/** A ticket that can no longer be folded: its open clocks are neither running nor paused as far as anyone knows. */
export async function disarmClocks(sql: Sql, tickets: readonly TicketId[]): Promise<void> {
  if (tickets.length === 0) return;
  await sql.query(
    `UPDATE sla_clock.clock c SET outcome = 'unknown'
       FROM unnest($1::text[], $2::text[]) AS q (source, ticket)
      WHERE c.source = q.source AND c.ticket = q.ticket AND c.phase IN ('running', 'paused')`,
    [tickets.map(({ source }) => source), tickets.map(({ ticket }) => ticket)],
  );
}

/** What a fold says about a ticket, with the span of all that was ever said about it. */
export interface PublishedOfTicket extends TicketSpan {
  readonly published: readonly Published[];
}

/**
 * Appends what was published, numbered from `firstSeq`, and marks what it retracts. `texts` are the events as JSON, in order, where that is
 * at hand. The months must be there.
 */
export async function appendPublished(
  sql: Sql,
  partition: number,
  firstSeq: number,
  tickets: readonly PublishedOfTicket[],
  texts?: readonly string[],
): Promise<void> {
  await Promise.all([writePublished(sql, partition, firstSeq, tickets, texts), markRetracted(sql, tickets)]);
}

async function writePublished(
  sql: Sql,
  partition: number,
  firstSeq: number,
  tickets: readonly PublishedOfTicket[],
  texts: readonly string[] | undefined,
): Promise<void> {
  const published = tickets.flatMap((ticket) => ticket.published);
  if (published.length === 0) return;
  const events = published.map(({ event }) => event);
  const months = new Map<number, number>();
  events.forEach(({ at }, index) => months.set(monthOf(at).end, firstSeq + index));
  await sql.query(
    `WITH month AS (
       INSERT INTO sla_clock.published_month AS m (partition, until, last_seq)
       SELECT $1, n.* FROM unnest($11::bigint[], $12::bigint[]) AS n
       ON CONFLICT (partition, until) DO UPDATE SET last_seq = excluded.last_seq)
     INSERT INTO sla_clock.sla_event (partition, event_id, source, ticket, content_key, seq, at, type, value, corrects)
     SELECT $1, e.event_id, e.source, e.ticket, e.content_key, e.seq, e.at, e.type, e.value::json, e.corrects
       FROM ROWS FROM (
              unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[]),
              string_to_table($10, E'\\n'))
            AS e (event_id, source, ticket, content_key, seq, at, type, corrects, value)`,
    [
      partition,
      events.map(({ id }) => id),
      events.map(({ source }) => source),
      events.map(({ ticket }) => ticket),
      published.map(({ key }) => key),
      events.map((_event, index) => firstSeq + index),
      events.map(({ at }) => at),
      events.map(({ type }) => type),
      events.map(({ corrects }) => corrects),
      texts?.join('\n') ?? jsonLines(events),
      [...months.keys()],
      [...months.values()],
    ],
  );
}

async function markRetracted(sql: Sql, tickets: readonly PublishedOfTicket[]): Promise<void> {
  const retractions = tickets.flatMap(({ from, until, published: said }) =>
    said.flatMap(({ event: { id, corrects } }) => (corrects === null ? [] : [{ id, corrects, from, until }])),
  );
  if (retractions.length === 0) return;
  await sql.query(
    `UPDATE sla_clock.sla_event e SET retracted_by = r.event_id
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS r (corrects, event_id, from_at, until_at)
      WHERE e.event_id = r.corrects AND e.at BETWEEN r.from_at AND r.until_at AND e.at BETWEEN $5 AND $6`,
    [
      retractions.map(({ corrects }) => corrects),
      retractions.map(({ id }) => id),
      retractions.map(({ from }) => from),
      retractions.map(({ until }) => until),
      retractions.reduce((first, { from }) => Math.min(first, from), Number.MAX_SAFE_INTEGER),
      retractions.reduce((last, { until }) => Math.max(last, until), Number.MIN_SAFE_INTEGER),
    ],
  );
}

/** What `punctual_sla_total` counts: verdicts, by the outcome they are counted as. Not covered is counted, never silence. */
const outcomes: Readonly<Record<string, string>> = {
  'sla.clock.met': 'met',
  'sla.clock.breached': 'breached',
  'sla.clock.missed': 'missed',
  'sla.clock.completed': 'completed',
  'sla.clock.cancelled': 'cancelled',
  'sla.breach.waived': 'waived',
  'sla.ticket.covered': 'covered',
  'sla.ticket.not_covered': 'not_covered',
};

interface Total {
  readonly policy: string;
  readonly target: string;
  readonly priority: string;
  readonly commitment: string;
  readonly outcome: string;
  said: number;
  retracted: number;
}

/** Counts verdicts in the transaction that publishes them, so that every instance exposes the same totals. */
export async function addTotals(sql: Sql, partition: number, events: readonly SlaEvent[]): Promise<void> {
  const totals = new Map<string, Total>();
  for (const event of events) {
    const outcome = outcomes[event.correctedKind ?? event.type];
    if (outcome === undefined) continue;
    const { policy, target, priority, commitment } = event;
    const labels = { policy, target: target ?? '', priority: priority ?? '', commitment: commitment ?? '', outcome };
    const key = JSON.stringify(labels);
    const total = totals.get(key) ?? { ...labels, said: 0, retracted: 0 };
    if (event.corrects === null) total.said += 1;
    else total.retracted += 1;
    totals.set(key, total);
  }
  const rows = [...totals.values()];
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO sla_clock.sla_total AS t (partition, policy, target, priority, commitment, outcome, said, retracted)
     SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS n
     ON CONFLICT (partition, policy, target, priority, commitment, outcome)
     DO UPDATE SET said = t.said + excluded.said, retracted = t.retracted + excluded.retracted`,
    [
      partition,
      rows.map(({ policy }) => policy),
      rows.map(({ target }) => target),
      rows.map(({ priority }) => priority),
      rows.map(({ commitment }) => commitment),
      rows.map(({ outcome }) => outcome),
      rows.map(({ said }) => said),
      rows.map(({ retracted }) => retracted),
    ],
  );
}
