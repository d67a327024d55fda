import type { Watermark } from '@punctual/contracts';
import type { UnitOfWork } from '@punctual/stream';
import { loadWakes, type WakeStretch } from '../storage/timer-store.js';
import type { ChangedRows } from './changed-rows.js';
import type { DueFold } from './due-fold.js';
import type { FoldObserver } from './fold-observer.js';
import type { DueTickets, PartitionMemory } from './partition-memory.js';

/** The most tickets folded by one round of statements. */
const CHUNK = 1_000;

/** The most timers of a source read at once, but for those of one instant: what is in memory is bounded however many fall due. */
const MOST_TIMERS_READ = 1_000;

/** Folds what is due by a watermark: tickets with events that wait, and tickets whose timer has come. */
export class WatermarkFold {
  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly observer: FoldObserver,
    private readonly due: DueFold,
    private readonly changed: ChangedRows,
  ) {}

  async pass(watermark: Watermark, offset: number): Promise<void> {
    const { memory } = this;
    memory.watermark = watermark;
    memory.watermarkOffset = offset;
    let stretches = memory.stretchesToLoad(watermark);
    do {
      if (stretches.length > 0) await this.loadTimers(stretches);
      for (const group of memory.takeDue(watermark)) await this.foldGroup(group, offset);
      // More was due than is read at once: what has been read is folded, and the next is read.
      stretches = memory.stretchesToLoad(watermark);
    } while (stretches.length > 0);
  }

  /** Folds tickets that share a horizon, chunk by chunk, and lets go of those that are done with. */
  async foldGroup(group: DueTickets, offset: number): Promise<void> {
    for (let from = 0; from < group.keys.length; from += CHUNK) {
      const began = performance.now();
      const keys = group.keys.slice(from, from + CHUNK);
      await this.due.fold(group, keys, offset);
      if (this.memory.isFull) await this.due.save();
      this.observer.folded(keys.length, performance.now() - began);
    }
    this.changed.timeMoved = true;
  }

  private async loadTimers(stretches: readonly WakeStretch[]): Promise<void> {
    const { memory } = this;
    const sql = await this.unit.transaction();
    const { wakes, loaded } = await loadWakes(sql, this.partition, stretches, MOST_TIMERS_READ);
    for (const wake of wakes) memory.addStoredWake(wake);
    for (const { source, until } of loaded) memory.stretchLoaded(source, until);
  }
}
