import { readClassified, type ClassifiedTopicRecord, type Watermark } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { Clock, PinnedPolicies } from '@punctual/service-kit';
import type { LogRecord, UnitOfWork } from '@punctual/stream';
import type { MonthPartitions } from '../storage/month-partitions.js';
import { saveTime } from '../storage/ticket-store.js';
import { Arrivals } from './arrivals.js';
import { ChangedRows } from './changed-rows.js';
import { DueFold } from './due-fold.js';
import type { FoldObserver } from './fold-observer.js';
import { ForgetFold } from './forget-fold.js';
import { MissingEvidence } from './missing-evidence.js';
import type { PartitionMemory } from './partition-memory.js';
import { SealFold } from './seal-fold.js';
import { ShareFold } from './share-fold.js';
import { SurgeFold } from './surge-fold.js';
import { WalkFold } from './walk-fold.js';
import type { WalkPace } from './walk-pace.js';
import { WatermarkFold } from './watermark-fold.js';

/** A watermark with nothing due is stored once its time has moved this far, ms: what the read API takes for now. */
const SAVE_TIME_EVERY_MS = 10_000;

/**
 * One batch of one partition. Its events are recorded at once; then each record is taken in its place: most wait for a watermark, and a
 * watermark folds what is due by it, walks on, and seals. What the batch changed is saved at its end, in its fenced transaction.
 */
export class BatchFold {
  private readonly changed: ChangedRows;
  private readonly due: DueFold;
  private readonly arrivals: Arrivals;
  private readonly missing: MissingEvidence;
  private readonly forgetting: ForgetFold;
  private readonly surges: SurgeFold;
  private readonly shares: ShareFold;
  private readonly watermarks: WatermarkFold;
  private readonly walks: WalkFold;
  private readonly sealing: SealFold;

  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    months: MonthPartitions,
    observer: FoldObserver,
    pace: WalkPace,
    clock: Clock,
  ) {
    const changed = new ChangedRows(partition, memory, unit);
    const due = new DueFold(partition, memory, unit, policies, months, observer, changed, clock);
    const watermarks = new WatermarkFold(partition, memory, unit, observer, due, changed);
    this.changed = changed;
    this.due = due;
    this.arrivals = new Arrivals(partition, memory, unit, policies, months, observer, changed);
    this.missing = new MissingEvidence(partition, memory, unit, observer, changed);
    this.forgetting = new ForgetFold(memory, unit, policies, due, changed);
    this.watermarks = watermarks;
    this.walks = new WalkFold(partition, memory, unit, policies, pace, observer, {
      save: () => due.save(),
      async fold(group, offset) {
        await watermarks.foldGroup(group, offset);
        await due.save();
      },
    });
    this.surges = new SurgeFold(partition, memory, unit, policies, due, this.walks);
    this.shares = new ShareFold(memory, unit, policies, due);
    this.sealing = new SealFold(partition, memory, unit, observer, changed);
  }

  async run(records: readonly LogRecord[]): Promise<void> {
    const readable = records.map((record) => ({ record, value: readClassified(record) }));
    await this.arrivals.record(
      readable.flatMap(({ record, value }) => (value.kind === 'event' ? [{ record, value }] : [])),
    );
    for (const { record, value } of readable) {
      if (value.kind === 'invalid') await this.missing.unreadable(record, value.what);
      else await this.take(record, value);
    }
    if (records.length === 0) await this.goOn();
    this.memory.takenUpTo = records.at(-1)?.offset ?? this.memory.takenUpTo;
    await this.finish();
  }

  /** A unit without records: a slice of a walk. */
  private async goOn(): Promise<void> {
    const { watermark, takenUpTo } = this.memory;
    if (watermark !== null) await this.walks.slice(watermark, takenUpTo);
  }

  private async take(record: LogRecord, value: ClassifiedTopicRecord): Promise<void> {
    switch (value.kind) {
      case 'event':
        return this.arrivals.take({ record, value });
      case 'watermark':
        return this.pass(value, record.offset);
      case 'surge':
        this.changed.timeMoved = true;
        return this.surges.take(value);
      case 'share':
        this.changed.timeMoved = true;
        return this.shares.take(value);
      case 'config':
        await this.policies.refresh();
        return this.walks.published(value);
      case 'dead_letter':
        return this.missing.mark(value);
      case 'release':
        return this.missing.release(value, record.offset);
      case 'forget':
        return this.forgetting.forget(value, record.offset);
      case 'forgotten':
        return;
    }
  }

  private async pass(watermark: Watermark, offset: number): Promise<void> {
    await this.watermarks.pass(watermark, offset);
    await this.walks.pass(watermark, offset);
    await this.sealing.pass(watermark);
  }

  /** Saves what the batch changed; a batch that only moved time saves it now and then. */
  private async finish(): Promise<void> {
    const { memory, changed } = this;
    const at = memory.watermark?.at ?? Number.NEGATIVE_INFINITY;
    await this.arrivals.withdrawRefused();
    const worthSaving = changed.size > 0 || changed.timeMoved || at >= memory.savedAt + SAVE_TIME_EVERY_MS;
    if (!worthSaving) return;
    changed.atEnd();
    await this.due.save();
    const { watermark, watermarkOffset, nextSeq } = memory;
    const time = { watermark, watermarkOffset, pendingFrom: memory.pendingFrom(), nextSeq };
    this.unit.sent(saveTime(await this.unit.transaction(), this.partition, time));
    memory.savedAt = at;
  }
}
