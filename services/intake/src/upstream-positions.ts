import { StreamError, type UpstreamPosition, type UpstreamPositions } from '@punctual/stream';
import type { DataSource } from 'typeorm';

interface PositionRow {
  readonly partition: number;
  readonly cluster_id: string;
  readonly topic: string;
  readonly next_offset: string;
  readonly read_until: string | null;
}

/**
 * The table `intake.upstream_position`: where a stream's partitions were begun and how far they have been read. Where Kafka records the
 * positions in its transactions, this is their copy, for Kafka forgets the offsets of a group that was idle for long.
 */
export class StoredUpstreamPositions implements UpstreamPositions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly upstream: string,
    private readonly topic: string,
  ) {}

  async load(clusterId: string): Promise<ReadonlyMap<number, UpstreamPosition>> {
    const rows: PositionRow[] = await this.dataSource.query(
      'SELECT partition, cluster_id, topic, next_offset, read_until FROM intake.upstream_position WHERE upstream = $1',
      [this.upstream],
    );
    const other = rows.find((row) => row.cluster_id !== clusterId || row.topic !== this.topic);
    if (other !== undefined) {
      throw new StreamError(
        'log_changed',
        `upstream '${this.upstream}' was read from topic '${other.topic}' of cluster ${other.cluster_id} so far, not from '${this.topic}' of ${clusterId}. ` +
          'Connect that one, or give the new stream a name of its own.',
      );
    }
    return new Map(rows.map((row) => [row.partition, positionOf(row)]));
  }

  async begin(clusterId: string, starts: ReadonlyMap<number, number>): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO intake.upstream_position (upstream, partition, cluster_id, topic, next_offset)
       SELECT $1, partition, $2, $3, next_offset FROM unnest($4::int[], $5::bigint[]) AS starts(partition, next_offset)
       ON CONFLICT DO NOTHING`,
      [this.upstream, clusterId, this.topic, [...starts.keys()], [...starts.values()]],
    );
  }

  async claim(clusterId: string, partition: number): Promise<{ readonly epoch: number } & UpstreamPosition> {
    await this.load(clusterId);
    const rows: (PositionRow & { readonly owner_epoch: string })[] = await this.dataSource.query(
      `INSERT INTO intake.upstream_position AS mine (upstream, partition, cluster_id, topic, next_offset, owner_epoch)
       VALUES ($1, $2, $3, $4, 0, 1)
       ON CONFLICT (upstream, partition) DO UPDATE SET owner_epoch = mine.owner_epoch + 1
       RETURNING partition, cluster_id, topic, next_offset, read_until, owner_epoch`,
      [this.upstream, partition, clusterId, this.topic],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('a statement that always returns a row returned none');
    return { epoch: Number(row.owner_epoch), ...positionOf(row) };
  }

  async move(partition: number, epoch: number, { next, readUntil }: UpstreamPosition): Promise<void> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH moved AS (
         UPDATE intake.upstream_position SET next_offset = $4, read_until = coalesce($5, read_until)
          WHERE upstream = $1 AND partition = $2 AND owner_epoch = $3 RETURNING partition
       ) SELECT partition FROM moved`,
      [this.upstream, partition, epoch, next, readUntil],
    );
    if (rows.length > 0) return;
    throw new StreamError(
      'fenced',
      `partition ${partition} of upstream '${this.upstream}' has another owner (epoch ${epoch} is over)`,
    );
  }

  /** Up to when each partition is known to have been read, epoch ms. */
  async completeUntil(): Promise<ReadonlyMap<number, number>> {
    const rows: { partition: number; complete_until: string }[] = await this.dataSource.query(
      'SELECT partition, complete_until FROM intake.upstream_position WHERE upstream = $1 AND complete_until IS NOT NULL',
      [this.upstream],
    );
    return new Map(rows.map((row) => [row.partition, Number(row.complete_until)]));
  }

  /** Remembers what a check found; nothing goes back. */
  async remember(
    clusterId: string,
    found: readonly {
      readonly partition: number;
      readonly completeUntil: number;
      readonly position: UpstreamPosition;
    }[],
  ): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO intake.upstream_position AS known (upstream, partition, cluster_id, topic, next_offset, read_until, complete_until)
       SELECT $1, partition, $2, $3, next_offset, read_until, complete_until
         FROM unnest($4::int[], $5::bigint[], $6::bigint[], $7::bigint[]) AS found(partition, next_offset, read_until, complete_until)
       ON CONFLICT (upstream, partition) DO UPDATE
          SET next_offset = greatest(known.next_offset, excluded.next_offset),
              read_until = greatest(known.read_until, excluded.read_until),
              complete_until = greatest(known.complete_until, excluded.complete_until)`,
      [
        this.upstream,
        clusterId,
        this.topic,
        found.map(({ partition }) => partition),
        found.map(({ position }) => position.next),
        found.map(({ position }) => position.readUntil),
        found.map(({ completeUntil }) => completeUntil),
      ],
    );
  }
}

function positionOf(row: PositionRow): UpstreamPosition {
  return { next: Number(row.next_offset), readUntil: row.read_until === null ? null : Number(row.read_until) };
}
