import { topics, type Instant, type SourceTime, type Watermark } from '@punctual/contracts';
import type { Clock, Leadership, LeaderSession, ServiceLogger } from '@punctual/service-kit';
import type { EventLog } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { LOCK_SPACE, locks } from './advisory-locks.js';
import { publishWithin } from './publish-within.js';
import { allPartitions, watermarkGroups } from './watermark-groups.js';

/**
 * What a tick did: appended a watermark, stood by for the leader, found that the clock had gone back behind the last watermark, left it to
 * the next tick of all partitions, or failed (the next one tries again).
 */
export type Tick = 'appended' | 'standing_by' | 'clock_went_back' | 'left_to_all' | 'failed';

export interface WatermarkTickerParts {
  readonly log: EventLog;
  readonly dataSource: DataSource;
  readonly leadership: Leadership;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
  readonly intervalMs: number;
  /** Runs on the leader before each watermark; must not throw. */
  readonly beforeAppend: () => Promise<void>;
  /** Runs on the leader, before that, once an interval; must not throw. */
  readonly beforeRound: () => Promise<void>;
  /** How far each source with upstream streams has been read, epoch ms. */
  readonly upstreamTimes: () => ReadonlyMap<string, Instant>;
}

/**
 * Appends watermarks, about one a second to each partition, on the one elected instance.
 *
 * By itself it goes round the partitions: a group of them, and a moment later the next, so that what a second makes due is not folded, written
 * and published by all partitions in one moment, with every deadline waiting for the others. While a session lasts all partitions get the
 * same watermark at once, as its end is one for all of them.
 *
 * A tick holds the lock `sources` from before it reads the wall time until the log has acknowledged. So what a watermark says of a
 * source is never older than a session that was acknowledged before it, and what any intake acknowledged before `at` stands before it.
 * A leader that loses its connection in mid-append loses the lock while its watermark may still land: `unsettled_until`, written
 * before each append and taken back after it, keeps sessions from beginning until that is over (sources.ts).
 */
export class WatermarkTicker {
  private timer: NodeJS.Timeout | undefined;
  private inHand: Promise<Tick> | undefined;
  private newest: Instant | null = null;
  private readonly groups: readonly (readonly number[])[];

  constructor(private readonly parts: WatermarkTickerParts) {
    this.groups = watermarkGroups(parts.log.partitions, parts.intervalMs);
  }

  /** Whether this instance is the one that appends. */
  get isLeader(): boolean {
    return this.parts.leadership.isLeader;
  }

  /** Seconds since the newest watermark of any instance, as last seen; null while none was. */
  ageSeconds(): number | null {
    return this.newest === null ? null : (this.parts.clock.now() - this.newest) / 1_000;
  }

  /** Ticks by itself from now on, unless the interval is 0. */
  start(): void {
    const { intervalMs } = this.parts;
    if (intervalMs > 0) this.schedule(0, performance.now() + intervalMs);
  }

  /** A tick of one group at its instant, and of the next after it. What was missed is left out: a tick makes up for those before it. */
  private schedule(group: number, at: number): void {
    const between = this.parts.intervalMs / this.groups.length;
    const delay = Math.max(0, at - performance.now());
    this.timer = setTimeout(() => {
      void this.tick(group).then(() => {
        if (this.timer === undefined) return;
        this.schedule((group + 1) % this.groups.length, Math.max(at, performance.now() - between) + between);
      });
    }, delay);
  }

  /** One tick now, of all partitions or of a group of them. Ticks never overlap: a call while one is in hand comes after it. */
  async tick(group?: number): Promise<Tick> {
    while (this.inHand) await this.inHand;
    this.inHand = this.tickOnce(group).finally(() => {
      this.inHand = undefined;
    });
    return this.inHand;
  }

  /** Ends the ticking and gives the election up. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.inHand;
    await this.parts.leadership.resign();
  }

  private async tickOnce(group: number | undefined): Promise<Tick> {
    const { leadership, logger, beforeAppend, beforeRound } = this.parts;
    try {
      const session = await leadership.session();
      if (session === null) {
        this.newest = await lastWatermark(this.parts.dataSource);
        return 'standing_by';
      }
      if (beginsRound(group)) await beforeRound();
      await beforeAppend();
      return await this.append(session, group);
    } catch (error) {
      logger.pino.warn({ err: error }, 'no watermark was appended');
      // Whatever state the connection is in, with it go its locks.
      await leadership.resign();
      return 'failed';
    }
  }

  private async append(session: LeaderSession, group: number | undefined): Promise<Tick> {
    const { log, clock, logger } = this.parts;
    await session.query('SELECT pg_advisory_lock($1, $2)', [LOCK_SPACE, locks.sources]);
    const sessions = await historicalSources(session);
    const toAll = group === undefined || Object.keys(sessions).length > 0;
    if (toAll && !beginsRound(group)) {
      await session.query(UNLOCK, [LOCK_SPACE, locks.sources]);
      return 'left_to_all';
    }
    const [before] = await session.query<Before>(MARK_UNSETTLED, [UNSETTLED_SECONDS]);
    const at = clock.now();
    const sources = { ...behind(this.parts.upstreamTimes(), at), ...sessions };
    const last = before?.last_at == null ? null : Number(before.last_at);
    const goesOn = last === null || at >= last;
    if (goesOn) {
      const partitions = toAll ? allPartitions(log.partitions) : (this.groups[group] ?? []);
      await publishWithin(log, onPartitions(partitions, { kind: 'watermark', at, sources }));
      this.newest = at;
      if (toAll) await session.query(MAKE_ENDED_LIVE);
    } else {
      logger.pino.warn(
        { behindMs: last - at },
        'the clock is behind the last watermark; time stands still until it has caught up',
      );
    }
    // An earlier append that was cut off stays unsettled; this one is not.
    await session.query(MARK_SETTLED, [before?.unsettled_until ?? null, goesOn ? at : last]);
    await session.query(UNLOCK, [LOCK_SPACE, locks.sources]);
    return goesOn ? 'appended' : 'clock_went_back';
  }
}

const UNLOCK = 'SELECT pg_advisory_unlock($1, $2)';

/** Longer than any append can be under way: the statement timeout of the log's connections and Kafka's retries. */
const UNSETTLED_SECONDS = 45;

interface Before {
  readonly last_at: string | null;
  readonly unsettled_until: string | null;
}

const MARK_UNSETTLED = `
  WITH before AS (SELECT last_at, unsettled_until::text FROM intake.watermark)
  UPDATE intake.watermark SET unsettled_until = clock_timestamp() + make_interval(secs => $1)
    FROM before RETURNING before.last_at, before.unsettled_until`;

/** Sessions whose last progress the watermark just appended carries: the lock `sources` kept others from ending meanwhile. */
const MAKE_ENDED_LIVE = "UPDATE intake.source SET mode = 'live', at = NULL, ending = false WHERE ending";

const MARK_SETTLED = 'UPDATE intake.watermark SET unsettled_until = $1::timestamptz, last_at = $2';

async function historicalSources(session: LeaderSession): Promise<Record<string, SourceTime>> {
  const rows = await session.query<{ source: string; at: string }>(
    "SELECT source, at FROM intake.source WHERE mode = 'historical' ORDER BY source",
  );
  return Object.fromEntries(rows.map((row) => [row.source, { at: Number(row.at), mode: 'historical' as const }]));
}

/** Sources whose streams have not been read up to the watermark. A session's declared time comes before it. */
function behind(times: ReadonlyMap<string, Instant>, at: Instant): Record<string, SourceTime> {
  const late = [...times].filter(([, readUntil]) => readUntil < at);
  return Object.fromEntries(late.map(([source, readUntil]) => [source, { at: readUntil, mode: 'live' as const }]));
}

async function lastWatermark(dataSource: DataSource): Promise<Instant | null> {
  const rows: { last_at: string | null }[] = await dataSource.query('SELECT last_at FROM intake.watermark');
  const last = rows[0]?.last_at ?? null;
  return last === null ? null : Number(last);
}

/** Whether a tick of a group, or of all partitions, is the first of its interval. */
function beginsRound(group: number | undefined): boolean {
  return group === undefined || group === 0;
}

function onPartitions(partitions: readonly number[], value: Watermark): Parameters<EventLog['publish']>[0] {
  return partitions.map((partition) => ({ topic: topics.received, partition, key: 'watermark', value }));
}
