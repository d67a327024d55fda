import type { SlaEvent } from '@punctual/contracts';
import type { ServiceLogger } from '@punctual/service-kit';
import type { Sql } from '@punctual/stream';
import { monthOf } from '../storage/month.js';
import type { EventCursor } from './event-cursor.js';

/** An SLA event in its place. */
export interface PlacedSlaEvent {
  readonly partition: number;
  readonly seq: number;
  readonly event: SlaEvent;
}

/** Somebody who follows the events. */
export interface Follower {
  /** Called with what comes next, in order within each partition, and the place after it. Must not throw. */
  deliver(events: readonly PlacedSlaEvent[], cursor: EventCursor): void;
  /** Resolves when it can take more, or never will: a follower of the past is read to at its own pace. */
  drained(): Promise<void>;
  /** The stream has ended: the service stops. */
  end(): void;
}

/** Rows read at a time, per partition. */
const PAGE = 500;

/** The least time between two reads, ms. */
const EVERY_MS = 20;

interface Following {
  readonly follower: Follower;
  cursor: number[];
  /** Still reading what lies before the head on its own. */
  catchingUp: boolean;
}

/**
 * The end of the SLA events, followed by many and read once: one query per wake-up for all followers that have caught up. A follower that
 * begins earlier first reads on its own until it meets the head.
 */
export class EventTail {
  private readonly followings = new Set<Following>();
  private head: number[] | null = null;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly sql: Sql,
    private readonly partitions: number,
    private readonly logger: ServiceLogger,
  ) {}

  get followers(): number {
    return this.followings.size;
  }

  /** Something was published, here or elsewhere: reads it soon. */
  wake(): void {
    if (this.stopped || this.timer !== undefined || this.followings.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.read();
    }, EVERY_MS);
  }

  /** The place after everything published so far. */
  async now(): Promise<number[]> {
    const rows = await this.sql.query<{ partition: number; next_seq: string }>(
      'SELECT partition, next_seq FROM sla_clock.partition_time',
    );
    const now = new Array<number>(this.partitions).fill(0);
    for (const { partition, next_seq } of rows) if (partition < this.partitions) now[partition] = Number(next_seq);
    return now;
  }

  /** Follows from `cursor`, or from now; returns how to leave. Null once the tail has stopped. */
  async follow(cursor: EventCursor | null, follower: Follower): Promise<(() => void) | null> {
    const from = cursor ?? (await this.now());
    if (this.stopped) return null;
    const following: Following = { follower, cursor: [...from], catchingUp: true };
    this.followings.add(following);
    void this.catchUp(following);
    return () => this.leave(following);
  }

  private leave(following: Following): void {
    this.followings.delete(following);
    // Without anybody at the head it falls behind; the next to arrive makes a new one.
    if (![...this.followings].some(({ catchingUp }) => !catchingUp)) this.head = null;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const { follower } of this.followings) follower.end();
    this.followings.clear();
    await this.reading;
  }

  private read(): void {
    if (this.reading !== null) {
      this.again = true;
      return;
    }
    this.reading = this.readToEnd()
      .catch((error: unknown) => {
        this.logger.pino.warn({ err: error }, 'reading SLA events failed and will be tried again');
        // The next wake-up, or the listener's beat, tries again.
      })
      .finally(() => {
        this.reading = null;
        if (this.again) {
          this.again = false;
          this.wake();
        }
      });
  }

  private async readToEnd(): Promise<void> {
    for (let { head } = this; !this.stopped && head !== null; { head } = this) {
      const events = await this.page(head);
      // Everybody may have left meanwhile, and others have come.
      if (this.head !== head) continue;
      if (events.length === 0) return;
      advance(head, events);
      for (const following of this.followings) if (!following.catchingUp) deliver(following, events);
    }
  }

  private async catchUp(following: Following): Promise<void> {
    try {
      while (!this.stopped && this.followings.has(following)) {
        const events = await this.page(following.cursor);
        deliver(following, events);
        const { cursor } = following;
        if (events.length > 0) {
          await following.follower.drained();
          continue;
        }
        // Nothing is awaited from here to the end, so no delivery can come in between.
        this.head ??= [...cursor];
        if (this.head.every((seq, partition) => seq <= (cursor[partition] ?? 0))) break;
      }
      following.catchingUp = false;
      this.wake();
    } catch (error) {
      this.logger.pino.warn({ err: error }, 'a follower of SLA events could not catch up and was ended');
      this.leave(following);
      following.follower.end();
    }
  }

  private async page(cursor: EventCursor): Promise<PlacedSlaEvent[]> {
    // What comes next lies in few months. Neither statement sees what the other does not: the first says how far the second reads.
    const ahead = await this.sql.query<{
      partition: number;
      seq: string;
      last_seq: string;
      first: string;
      last: string;
    }>(
      `SELECT place.partition, place.seq, max(m.last_seq) AS last_seq, min(m.until) AS first, max(m.until) AS last
         FROM unnest($1::integer[], $2::bigint[]) AS place (partition, seq)
         JOIN sla_clock.published_month m ON m.partition = place.partition AND m.last_seq >= place.seq
        GROUP BY place.partition, place.seq`,
      [cursor.map((_seq, partition) => partition), cursor],
    );
    if (ahead.length === 0) return [];
    const from = Math.min(...ahead.map(({ first }) => monthOf(Number(first) - 1).start ?? Number.MIN_SAFE_INTEGER));
    const rows = await this.sql.query<{ partition: number; seq: string; value: SlaEvent }>(
      `SELECT e.partition, e.seq, e.value
         FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS place (partition, seq, last_seq)
        CROSS JOIN LATERAL (SELECT s.partition, s.seq, s.value FROM sla_clock.sla_event s
                             WHERE s.partition = place.partition AND s.seq BETWEEN place.seq AND place.last_seq
                               AND s.at >= $4 AND s.at < $5
                             ORDER BY s.seq LIMIT ${PAGE}) e
        ORDER BY e.partition, e.seq`,
      [
        ahead.map(({ partition }) => partition),
        ahead.map(({ seq }) => seq),
        ahead.map((row) => row.last_seq),
        from,
        Math.max(...ahead.map(({ last }) => Number(last))),
      ],
    );
    return rows.map(({ partition, seq, value }) => ({ partition, seq: Number(seq), event: value }));
  }
}

function advance(cursor: number[], events: readonly PlacedSlaEvent[]): void {
  for (const { partition, seq } of events) cursor[partition] = Math.max(cursor[partition] ?? 0, seq + 1);
}

/** Hands over what the follower does not have yet. */
function deliver(following: Following, events: readonly PlacedSlaEvent[]): void {
  const fresh = events.filter(({ partition, seq }) => seq >= (following.cursor[partition] ?? 0));
  if (fresh.length === 0) return;
  const before = [...following.cursor];
  advance(following.cursor, fresh);
  following.follower.deliver(fresh, before);
}
