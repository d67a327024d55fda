import type { Admin, Kafka, Producer } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { backoffMs, pause } from '../backoff.js';
import type { EncodedRecord } from '../encoded-record.js';
import type { Sql } from '../event-log.js';
import { classifyFault } from '../fault.js';
import { poolSql } from '../pool-sql.js';
import { preparedStatement, type PreparedStatement } from '../prepared-statement.js';
import { StreamError } from '../stream-error.js';
import { describeError, type StreamLogger } from '../stream-logger.js';
import { FreshOutputs } from './fresh-outputs.js';
import type { KafkaTiming } from './kafka-options.js';
import type { KafkaTopics } from './kafka-topics.js';
import { readIncarnation, withIncarnation } from './incarnation.js';
import {
  forgetRelayed,
  outboxReach,
  readOutbox,
  type OutboxRow,
  type RelayOrigin,
  type RelayPosition,
} from './outbox.js';
import { takeTransactionalIdOver } from './take-over.js';
import { TransactionSender, type Written } from './transaction-sender.js';

export interface RelaySettings {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly dataSource: DataSource;
  readonly topics: KafkaTopics;
  readonly logId: string;
  readonly prefix: string;
  readonly group: string;
  /** The input topics whose positions number the outputs. */
  readonly inputs: readonly string[];
  readonly partitions: number;
  readonly timing: KafkaTiming;
  readonly logger: StreamLogger;
}

/** Outputs of one input partition in one transaction; a transaction costs some 6 ms whatever its size. */
const pageSize = 500;

interface Connection {
  query<Row>(statement: PreparedStatement): Promise<{ readonly rows: Row[] }>;
}

/**
 * Carries a group's outputs from the outbox to Kafka, each once and in order. Of a group's processes one relays at a time:
 *
 *     waiting ──advisory lock──▶ fencing: the producer takes its transactional id over ──▶ positions read ──▶ relaying
 *        ▲                                                                                                       │
 *        └───────────────────── a fault, or the connection that holds the lock is gone ──────────────────────────┘
 *
 * Each Kafka transaction holds outputs and the position after them (as offsets of a group of its own), so a position read after the take
 * over cannot be behind the log. PostgreSQL mirrors it, because Kafka forgets the offsets of idle groups; the larger of the two is true.
 *
 * What this process committed it hands over as well (fresh-outputs.ts), so that the table is read for what others committed, for what was left over,
 * and now and then.
 */
export class OutboxRelay {
  readonly #settings: RelaySettings;
  readonly #stopping = new AbortController();
  readonly #sql: Sql;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #woken = false;
  #refusal: StreamError | null = null;
  #incarnation = 0;
  readonly #fresh = new FreshOutputs();
  /** Of each output partition, where the last transaction of this process begins in it. */
  readonly #lastWritten = new Map<string, Written>();
  /** When the table was last read, and whether it may hold more than that. */
  #tableReadAt = Number.NEGATIVE_INFINITY;
  #tableHasMore = true;

  constructor(settings: RelaySettings) {
    this.#settings = settings;
    this.#sql = poolSql(settings.dataSource);
  }

  /** Why nothing is relayed until someone decides; null while nothing is in the way. */
  get refusal(): StreamError | null {
    return this.#refusal;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** New outputs of an input partition are committed, numbered from `first` on; null where they are only in the table. */
  handOver(origin: RelayOrigin, first: number, records: readonly EncodedRecord[] | null): void {
    if (records === null) this.#fresh.miss();
    else this.#fresh.add(origin, first, records);
    this.wake();
  }

  /** Whether it is better to make no more outputs of an input partition before these have left. */
  isBehind(origin: RelayOrigin): boolean {
    return this.#fresh.areMany(origin);
  }

  /** There may be new outputs. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /**
   * Resolves when Kafka has every output that is committed now, whoever relays them, and shows readers of committed records those that this
   * process relayed. Throws the refusal.
   */
  async drained(): Promise<void> {
    await this.#relayed();
    await this.#shown();
  }

  /** Kafka answers a commit before its readers are shown what was committed. */
  async #shown(): Promise<void> {
    const { topics } = this.#settings;
    for (const { topic, partition, offset } of [...this.#lastWritten.values()]) {
      while (((await topics.ranges(topic)).get(partition)?.end ?? 0) <= offset) {
        this.#assertRelaying();
        await pause(5, this.#stopping.signal);
      }
    }
  }

  async #relayed(): Promise<void> {
    const { logId, group } = this.#settings;
    const targets = new Map<string, number>();
    for (const { topic, partition, next } of await outboxReach(this.#sql, logId, group)) {
      targets.set(`${partition}/${topic}`, next);
    }
    for (;;) {
      const reach = await outboxReach(this.#sql, logId, group);
      if (reach.every(({ topic, partition, relayed }) => relayed >= (targets.get(`${partition}/${topic}`) ?? 0)))
        return;
      this.#assertRelaying();
      this.wake();
      await pause(10, this.#stopping.signal);
    }
  }

  #assertRelaying(): void {
    if (this.#refusal !== null) throw this.#refusal;
    if (!this.#stopping.signal.aborted) return;
    throw new StreamError('closed', 'the processing was stopped before its outputs left');
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { timing, logger, group } = this.#settings;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const led = await this.#leadIfFree(() => (failures = 0));
        if (!led) await pause(timing.relayTakeOverMs, signal);
      } catch (error) {
        failures += 1;
        const refused = classifyFault(error) === 'refused';
        this.#refusal = refused ? (error as StreamError) : null;
        const details = { group, failures, ...describeError(error) };
        if (refused && failures === 1) logger.error('the outputs stand still until someone decides', details);
        else if (!refused) logger.warn('outputs could not be relayed and will be tried again', details);
        await pause(refused ? 10_000 : backoffMs(failures, 50, 5_000), signal);
      }
    }
  }

  /** Leads until the stop; false at once where another process leads. The lock lives as long as the connection all statements use. */
  async #leadIfFree(onProgress: () => void): Promise<boolean> {
    const { dataSource, logId, group } = this.#settings;
    const runner = dataSource.createQueryRunner();
    const lock = `punctual relay ${logId} ${group}`;
    try {
      const connection = (await runner.connect()) as Connection;
      const sql = inTurn(connection);
      const [row] = await sql.query<{ free: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free', [
        lock,
      ]);
      if (row?.free !== true) return false;
      try {
        // Plans are made while the outbox is nearly empty and kept while it is full: read from end to end it would cost more with each output
        // that PostgreSQL has not cleared away yet.
        await sql.query('SET enable_seqscan = off');
        await this.#lead(sql, onProgress);
      } finally {
        await sql.query('RESET enable_seqscan').catch(() => undefined);
        await sql.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lock]).catch(() => undefined);
      }
      return true;
    } finally {
      await runner.release();
    }
  }

  async #lead(sql: Sql, onProgress: () => void): Promise<void> {
    const { kafka, prefix, group, logId, timing } = this.#settings;
    const { signal } = this.#stopping;
    const producer = kafka.producer({
      transactionalId: `${prefix}${group}.relay`,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      transactionTimeout: 30_000,
      // Transactions back to back meet CONCURRENT_TRANSACTIONS and then sleep the first retry time: 100 ms would be the rule.
      retry: { initialRetryTime: 5, maxRetryTime: 500, retries: 12 },
    });
    const sender = new TransactionSender(producer, prefix);
    let forgetting: Promise<void> = Promise.resolve();
    try {
      await takeTransactionalIdOver(producer);
      const positions = await this.#readPositions(sql);
      this.#incarnation = await readIncarnation(sql);
      await forgetRelayed(sql, logId, group, [...positions.values()]);
      this.#refusal = null;
      this.#fresh.begin();
      while (!signal.aborted) {
        this.#woken = false;
        const rows = await this.#nextOutputs(sql, [...positions.values()]);
        if (rows.length === 0) {
          await this.#moreOutputs(timing.relayPollMs);
          continue;
        }
        const moved = await this.#relay(producer, sender, rows);
        for (const position of moved) {
          positions.set(`${position.partition}/${position.topic}`, position);
          this.#fresh.letGo(position);
        }
        await forgetting;
        // While the next are on their way.
        forgetting = forgetRelayed(sql, logId, group, moved);
        forgetting.catch(() => undefined);
        onProgress();
      }
      await forgetting;
    } finally {
      this.#fresh.end();
      await forgetting.catch(() => undefined);
      await producer.disconnect().catch(() => undefined);
    }
  }

  /** What this process has just committed; from the table where that is not all, and at least every `relayPollMs`. */
  async #nextOutputs(sql: Sql, positions: readonly RelayPosition[]): Promise<OutboxRow[]> {
    const { logId, group, timing } = this.#settings;
    const served = new Set<RelayPosition>();
    const fresh = positions.flatMap((position) => {
      const rows = this.#fresh.from(position, pageSize);
      if (rows.length > 0) served.add(position);
      return rows;
    });
    const isRecent = performance.now() < this.#tableReadAt + timing.relayPollMs;
    if (!this.#fresh.takeMissed() && !this.#tableHasMore && isRecent && fresh.length > 0) return fresh;
    const others = positions.filter((position) => !served.has(position));
    const stored = await readOutbox(sql, logId, group, others, pageSize);
    this.#tableReadAt = performance.now();
    this.#tableHasMore = stored.length > 0;
    return [...fresh, ...stored];
  }

  /** One Kafka transaction: the outputs, and the positions after them. */
  async #relay(producer: Producer, sender: TransactionSender, rows: readonly OutboxRow[]): Promise<RelayPosition[]> {
    const { topics, prefix, group } = this.#settings;
    await topics.ensure(rows.map(({ topic }) => topic));
    const moved = new Map<string, RelayPosition>();
    for (const { origin, seq } of rows) moved.set(`${origin.partition}/${origin.topic}`, { ...origin, seq: seq + 1 });
    const transaction = await producer.transaction();
    try {
      const written = await sender.send(transaction, withIncarnation(rows, this.#incarnation));
      await transaction.sendOffsets({
        consumerGroupId: `${prefix}${group}.relay`,
        topics: this.#settings.inputs.map((topic) => ({
          topic: prefix + topic,
          partitions: [...moved.values()]
            .filter((position) => position.topic === topic)
            .map(({ partition, seq }) => ({ partition, offset: String(seq) })),
        })),
      });
      await transaction.commit();
      for (const one of written) this.#lastWritten.set(`${one.partition}/${one.topic}`, one);
    } catch (error) {
      // Whether it was committed is read from the positions after the next take over.
      if (transaction.isActive()) await transaction.abort().catch(() => undefined);
      throw error;
    }
    return [...moved.values()];
  }

  async #readPositions(sql: Sql): Promise<Map<string, RelayPosition>> {
    const { admin, prefix, group, inputs, partitions, logId } = this.#settings;
    const recorded = await admin.fetchOffsets({
      groupId: `${prefix}${group}.relay`,
      topics: inputs.map((topic) => prefix + topic),
    });
    const reach = await outboxReach(sql, logId, group);
    const positions = new Map<string, RelayPosition>();
    for (const topic of inputs) {
      const offsets = recorded.find((one) => one.topic === prefix + topic)?.partitions ?? [];
      for (let partition = 0; partition < partitions; partition += 1) {
        const inKafka = Number(offsets.find((one) => one.partition === partition)?.offset ?? -1);
        const known = reach.find((one) => one.topic === topic && one.partition === partition);
        if (inKafka > (known?.next ?? 0)) this.#refuseAhead(topic, partition, inKafka, known?.next ?? 0);
        const seq = Math.max(inKafka, known?.relayed ?? 0, 0);
        positions.set(`${partition}/${topic}`, { topic, partition, seq });
      }
    }
    return positions;
  }

  /**
   * Throws `log_ahead_of_database` where Kafka has more outputs of a partition than its owner, who claims it at `seq`, has made. It is asked before
   * anything is folded: folding on would number other outputs up to where Kafka is, and those would never be sent.
   */
  async assertNotAhead(topic: string, partition: number, seq: number): Promise<void> {
    const { admin, prefix, group } = this.#settings;
    const [recorded] = await admin.fetchOffsets({ groupId: `${prefix}${group}.relay`, topics: [prefix + topic] });
    const inKafka = Number(recorded?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
    if (inKafka > seq) this.#refuseAhead(topic, partition, inKafka, seq);
  }

  #refuseAhead(topic: string, partition: number, inKafka: number, next: number): never {
    throw new StreamError(
      'log_ahead_of_database',
      `Kafka has ${inKafka} outputs of group '${this.#settings.group}' from partition ${partition} of '${topic}', but the database made only ${next}: ` +
        'it was restored to an earlier moment. Restore the newer database, or let punctual recover fold again what it has forgotten.',
    );
  }

  #moreOutputs(ms: number): Promise<void> {
    if (this.#woken || this.#stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** One statement at a time: forgetting what was relayed may still go on when the next outputs are read, and pg is to be given no two at once. */
function inTurn(connection: Connection): Sql {
  let before: Promise<unknown> = Promise.resolve();
  return {
    async query<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]> {
      const asked = before.then(() => connection.query<Row>(preparedStatement(text, parameters)));
      before = asked.catch(() => undefined);
      return (await asked).rows;
    },
  };
}
