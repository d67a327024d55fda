import type { Watermark } from '@punctual/contracts';
import type { Sql } from '@punctual/stream';
import { loadTime } from '../storage/ticket-store.js';
import type { ClockFolder } from './clock-folder.js';

/** The time of partitions for readers: as this instance folds them, or as the database last had it. */
export class PartitionTimes {
  constructor(
    private readonly folder: ClockFolder,
    private readonly sql: Sql,
  ) {}

  /** The watermark of a partition; null before its first. */
  async watermarkOf(partition: number): Promise<Watermark | null> {
    const stored = (await loadTime(this.sql, partition))?.watermark ?? null;
    const held = this.folder.watermarkOf(partition);
    if (held === null || stored === null) return held ?? stored;
    return held.at >= stored.at ? held : stored;
  }
}
