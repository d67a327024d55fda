import type { Admin, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Sql } from '../event-log.js';
import { poolSql } from '../pool-sql.js';
import { StreamError } from '../stream-error.js';
import { beginTransaction, type Transaction } from '../transaction.js';
import { takeTransactionalIdOver } from './take-over.js';

/** A partition of a group that stands still because database and log do not fit together. */
export interface Misfit {
  readonly code: 'log_ahead_of_database' | 'input_gap' | 'log_changed';
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Where the group stands, and what the log has. */
  readonly position: number;
  readonly start: number;
  readonly end: number;
  /** Records that are gone unread. */
  readonly lost: number;
  /** Outputs that Kafka has and the database does not know: they are made again, with the same ids. */
  readonly repeated: number;
}

export interface RecoverySettings {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly dataSource: DataSource;
  readonly logId: string;
  readonly prefix: string;
}

interface Place {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly nextSeq: number;
  readonly relayed: number;
  readonly inKafka: number;
}

/** How long to wait for a relay that has just tried in vain, ms. */
const relayWaitMs = 15_000;

/** Says which partitions do not fit, changing nothing. */
export async function findMisfits(settings: RecoverySettings): Promise<readonly Misfit[]> {
  const places = await readPlaces(settings, poolSql(settings.dataSource));
  return misfitsOf(settings, places);
}

/**
 * Makes database and log fit again, in one transaction under the fence, and bumps the incarnation. Returns what it mended; nothing is changed
 * where nothing is wrong.
 *
 * - `input_gap`: the position moves to the log's start. What lay before it is lost.
 * - `log_ahead_of_database`: outputs are numbered on from where Kafka is, the waiting ones first, so the relay sends what is made again.
 *
 * Throws `log_changed` where a log is shorter than its position: offsets stand in the services' states, too, and would mean other records.
 */
export async function recover(settings: RecoverySettings): Promise<readonly Misfit[]> {
  const found = await findMisfits(settings);
  const shorter = found.find(({ code }) => code === 'log_changed');
  if (shorter !== undefined) {
    throw new StreamError(
      'log_changed',
      `group '${shorter.group}' stands at offset ${shorter.position} of partition ${shorter.partition} of '${shorter.topic}', but the log ends at ${shorter.end}. ` +
        'This cannot be recovered in place: restore the log, or replay into a new database with a new KAFKA_PREFIX.',
    );
  }
  if (found.length === 0) return [];
  const groups = [...new Set(found.filter(({ repeated }) => repeated > 0).map(({ group }) => group))];
  for (const group of groups) await settleRelay(settings, group);
  const transaction = await beginTransaction(settings.dataSource);
  try {
    for (const group of groups) await lockRelay(transaction, settings.logId, group);
    // Every owner is fenced from here on, and what is read now is what is changed.
    await transaction.query(
      'SELECT FROM stream.position WHERE log_id = $1 ORDER BY group_name, topic, partition FOR UPDATE',
      [settings.logId],
    );
    const places = await readPlaces(settings, transaction);
    const misfits = await misfitsOf(settings, places);
    for (const misfit of misfits) await mend(transaction, settings.logId, misfit, placeOf(places, misfit));
    await transaction.query('UPDATE stream.store SET incarnation = incarnation + 1');
    await transaction.commit();
    return misfits;
  } finally {
    await transaction.rollback();
  }
}

async function readPlaces({ admin, logId, prefix }: RecoverySettings, sql: Sql): Promise<Place[]> {
  const rows = await sql.query<{
    group_name: string;
    topic: string;
    partition: number;
    next_offset: string;
    next_seq: string;
    relayed_seq: string | null;
  }>(
    `SELECT own.group_name, own.topic, own.partition, own.next_offset, own.next_seq, mirror.relayed_seq
       FROM stream.position own LEFT JOIN stream.relay mirror USING (log_id, group_name, topic, partition)
      WHERE own.log_id = $1 ORDER BY own.group_name, own.topic, own.partition`,
    [logId],
  );
  const recorded = new Map<string, number>();
  for (const group of new Set(rows.map((row) => row.group_name))) {
    const topics = [...new Set(rows.filter((row) => row.group_name === group).map(({ topic }) => prefix + topic))];
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId: `${prefix}${group}.relay`, topics })) {
      for (const { partition, offset } of partitions) recorded.set(`${group}/${partition}/${topic}`, Number(offset));
    }
  }
  return rows.map((row) => ({
    group: row.group_name,
    topic: row.topic,
    partition: row.partition,
    position: Number(row.next_offset),
    nextSeq: Number(row.next_seq),
    relayed: Number(row.relayed_seq ?? 0),
    inKafka: recorded.get(`${row.group_name}/${row.partition}/${prefix}${row.topic}`) ?? -1,
  }));
}

async function misfitsOf({ admin, prefix }: RecoverySettings, places: readonly Place[]): Promise<Misfit[]> {
  const misfits: Misfit[] = [];
  const ranges = new Map<string, { readonly start: number; readonly end: number }>();
  for (const topic of new Set(places.map((place) => place.topic))) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(prefix + topic)) {
      ranges.set(`${partition}/${topic}`, { start: Number(low), end: Number(high) });
    }
  }
  for (const { group, topic, partition, position, nextSeq, inKafka } of places) {
    const { start, end } = ranges.get(`${partition}/${topic}`) ?? { start: 0, end: 0 };
    const lost = Math.max(0, start - position);
    const repeated = Math.max(0, inKafka - nextSeq);
    const about = { group, topic, partition, position, start, end, lost, repeated };
    if (position > end) misfits.push({ code: 'log_changed', ...about });
    else if (lost > 0) misfits.push({ code: 'input_gap', ...about });
    else if (repeated > 0) misfits.push({ code: 'log_ahead_of_database', ...about });
  }
  return misfits;
}

/** A relay that died may have left a transaction open, which is settled by taking its place. */
async function settleRelay({ kafka, prefix }: RecoverySettings, group: string): Promise<void> {
  const producer = kafka.producer({
    transactionalId: `${prefix}${group}.relay`,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  try {
    await takeTransactionalIdOver(producer);
  } finally {
    await producer.disconnect();
  }
}

/** A relay that is refused takes its lock for a moment now and then; one that keeps it is at work, and then nothing is to be recovered. */
async function lockRelay(transaction: Transaction, logId: string, group: string): Promise<void> {
  const until = performance.now() + relayWaitMs;
  for (;;) {
    const [row] = await transaction.query<{ free: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free',
      [`punctual relay ${logId} ${group}`],
    );
    if (row?.free === true) return;
    if (performance.now() > until) {
      throw new StreamError(
        'log_unavailable',
        `the relay of group '${group}' is at work; stop its services and try again`,
      );
    }
    await sleep(200);
  }
}

/** The owner that the epoch names is over: it can commit nothing, claims again, and goes on from the new position. */
async function mend(sql: Sql, logId: string, misfit: Misfit, place: Place): Promise<void> {
  const key = [logId, misfit.group, misfit.topic, misfit.partition];
  const shift = misfit.repeated > 0 ? place.inKafka - place.relayed : 0;
  await sql.query(
    `UPDATE stream.position
        SET owner_epoch = owner_epoch + 1, owner = 'recover', saved_at = now(),
            next_offset = greatest(next_offset, $5), next_seq = next_seq + $6
      WHERE log_id = $1 AND group_name = $2 AND topic = $3 AND partition = $4`,
    [...key, misfit.start, shift],
  );
  if (shift === 0) return;
  const waiting = 'WHERE log_id = $1 AND group_name = $2 AND topic = $3 AND partition = $4';
  // In two steps, by numbers nobody has: one step could meet a number that is still taken.
  await sql.query(`UPDATE stream.outbox SET seq = -1 - seq ${waiting}`, key);
  await sql.query(`UPDATE stream.outbox SET seq = -1 - seq + $5 ${waiting}`, [...key, shift]);
  await sql.query(
    `INSERT INTO stream.relay (log_id, group_name, topic, partition, relayed_seq) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (group_name, topic, partition, log_id) DO UPDATE SET relayed_seq = excluded.relayed_seq`,
    [...key, place.inKafka],
  );
}

function placeOf(places: readonly Place[], { group, topic, partition }: Misfit): Place {
  const place = places.find((one) => one.group === group && one.topic === topic && one.partition === partition);
  if (place === undefined) throw new StreamError('log_changed', `group '${group}' has no position in '${topic}'`);
  return place;
}
