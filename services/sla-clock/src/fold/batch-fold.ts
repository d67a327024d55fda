import {
  FORGOTTEN,
  formatInstant,
  topics,
  traceparentIn,
  type ClassifiedRecord,
  type DeadLetterRecord,
  type ForgetRecord,
  type Instant,
  type ReleaseRecord,
  type Watermark,
} from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import { stateWithoutPeople } from '@punctual/sla-engine';
import { letterId, ticketOf, type LogRecord, type UnitOfWork } from '@punctual/stream';
import { forgetStored, noteForgotten } from '../storage/forgetting-store.js';
import { closeLetter, openLetter } from '../storage/incomplete-store.js';
import type { MonthPartitions } from '../storage/month-partitions.js';
import { loadSealable, sealTickets, withdrawEvents, type RefusedEvent } from '../storage/sealing-store.js';
import {
  appendEvents,
  loadWakes,
  saveTickets,
  saveTime,
  type WakeStretch,
  type TicketId,
} from '../storage/ticket-store.js';
import { DueFold } from './due-fold.js';
import type { FoldObserver } from './fold-observer.js';
import { loadMissing } from './load-missing.js';
import { creationOf, PartitionMemory, type DueTickets } from './partition-memory.js';
import { policyNotPublished } from './policy-not-published.js';
import { readClassified } from './read-classified.js';
import { isSealed } from './seal-instant.js';
import { SurgeFold } from './surge-fold.js';
import { WalkFold } from './walk-fold.js';
import type { WalkPace } from './walk-pace.js';
import { ticketKey, widened, type TicketRow } from './ticket-row.js';

/** The most tickets folded by one round of statements. */
const CHUNK = 1_000;

/** The most timers of a source read at once, but for those of one instant: what is in memory is bounded however many fall due. */
const MOST_TIMERS_READ = 10_000;

/** A watermark with nothing due is stored once its time has moved this far, ms: what the read API takes for now. */
const SAVE_TIME_EVERY_MS = 10_000;

/** Tickets to be sealed are looked for this often, in the watermark's time, and this many at once. */
const SEAL_EVERY_MS = 60_000;
const MOST_SEALED = 500;

/** One batch of one partition. */
export class BatchFold {
  private readonly dirty = new Map<string, TicketRow>();
  private readonly due: DueFold;
  private readonly walks: WalkFold;
  private readonly surges: SurgeFold;
  /** Keys of the tickets that events of the batch are about: they are in memory until its end. */
  private readonly spokenOf = new Set<string>();
  private timeMoved = false;
  private readonly refused: RefusedEvent[] = [];

  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly months: MonthPartitions,
    private readonly observer: FoldObserver,
    pace: WalkPace,
  ) {
    this.due = new DueFold(partition, memory, unit, policies, months, observer, this.dirty);
    this.walks = new WalkFold(partition, memory, unit, policies, pace, observer, (group, offset) =>
      this.foldAndSave(group, offset),
    );
    this.surges = new SurgeFold(partition, memory, unit, policies, this.due, this.walks);
  }

  async run(records: readonly LogRecord[]): Promise<void> {
    const readable = records.map((record) => ({ record, value: readClassified(record) }));
    const arriving = readable.flatMap(({ record, value }) => (value.kind === 'event' ? [{ record, value }] : []));
    await this.record(arriving);
    for (const { record, value } of readable) {
      switch (value.kind) {
        case 'invalid':
          this.unit.deadLetter(record, { code: 'invalid_record', detail: value.what, stage: 'sla-clock' });
          this.unit.afterCommit(() => this.observer.deadLettered('invalid_record'));
          await this.open(ticketOf(record.value), letterId(record));
          break;
        case 'dead_letter':
          await this.mark(value);
          break;
        case 'release':
          await this.release(value, record.offset);
          break;
        case 'forget':
          await this.forget(value, record.offset);
          break;
        case 'forgotten':
          break;
        case 'surge':
          await this.surges.take(value);
          this.timeMoved = true;
          break;
        case 'config':
          await this.policies.refresh();
          await this.walks.published(value);
          break;
        case 'event':
          await this.arrive(record, value);
          break;
        case 'watermark':
          await this.pass(value, record.offset);
          break;
      }
    }
    await this.finish();
    this.unit.afterCommit(() => this.observer.recorded(arriving.length));
  }

  /** Loads the tickets the batch speaks of and appends its events to their timelines. */
  private async record(arriving: readonly { record: LogRecord; value: ClassifiedRecord }[]): Promise<void> {
    if (arriving.length === 0) return;
    for (const { value } of arriving) this.spokenOf.add(ticketKey(value.event.source, value.event.ticket));
    await this.months.ensure(
      'ticket_event',
      arriving.map(({ value }) => value.event.occurredAt),
    );
    const sql = await this.unit.transaction();
    await loadMissing(
      sql,
      this.memory,
      arriving.map(({ value }) => value.event),
    );
    await appendEvents(
      sql,
      this.partition,
      arriving.map(({ record, value }) => ({ event: value.event, offset: record.offset })),
    );
  }

  /** Takes an event in: it waits for its watermark. */
  private async arrive(record: LogRecord, value: ClassifiedRecord): Promise<void> {
    const { event } = value;
    const key = ticketKey(event.source, event.ticket);
    const row = this.memory.rows.get(key) ?? (await this.newRow(value));
    this.memory.rows.set(key, row);
    if (this.sealedBy(row, this.memory.watermark)) return this.refuse(record, row, event.occurredAt);
    if (value.revision > row.revision) {
      row.revision = value.revision;
      row.priorityHistory = value.priorityHistory;
      row.coverageHistory = value.coverageHistory;
      this.dirty.set(key, row);
    }
    const { from, until } = widened(row.firstEventAt, row.lastEventAt, [event.occurredAt]);
    // A later end is saved with the fold that takes the event in: until then memory and the waiting events tell it.
    if (from !== row.firstEventAt) this.dirty.set(key, row);
    row.firstEventAt = from;
    row.lastEventAt = until;
    if (row.quarantined !== null && record.headers['dead-letter-attempt'] !== undefined) {
      row.quarantined = null;
      row.sealAt = null;
      this.dirty.set(key, row);
      this.memory.addParked(row, { occurredAt: event.occurredAt, offset: record.offset });
    } else if (row.quarantined === null) {
      this.memory.addPending(row, { event, offset: record.offset, traceparent: traceparentIn(record.headers) });
    }
  }

  /** While something is missing about a ticket, its timeline may still be needed. */
  private sealedBy(row: TicketRow, watermark: Watermark | null): boolean {
    if (row.sealedAt === null && this.memory.incomplete.has(ticketKey(row.source, row.ticket))) return false;
    return isSealed(row, watermark);
  }

  /** An event of a sealed ticket is neither folded nor lost. */
  private refuse(record: LogRecord, row: TicketRow, occurredAt: Instant): void {
    const since = formatInstant(row.sealedAt ?? row.sealAt ?? 0);
    const detail = `the ticket is sealed since ${since}: its verdicts stand, and its timeline is not kept any more`;
    this.unit.deadLetter(record, { code: 'sealed', detail, stage: 'sla-clock' });
    this.unit.afterCommit(() => this.observer.deadLettered('sealed'));
    this.refused.push({ offset: record.offset, occurredAt });
    // The time by which it was sealed is saved with what was decided by it.
    this.timeMoved = true;
  }

  /** A ticket let go without another try of its dead letter: everything since its last fold waits for the next watermark. */
  private async release({ source, ticket }: ReleaseRecord, offset: number): Promise<void> {
    const sql = await this.unit.transaction();
    await loadMissing(sql, this.memory, [{ source, ticket }]);
    const key = ticketKey(source, ticket);
    const row = this.memory.rows.get(key);
    if (row === undefined || row.quarantined === null) return;
    row.quarantined = null;
    row.sealAt = null;
    this.dirty.set(key, row);
    // Where nothing but time was in the way, time has to come again, also if this process ends before.
    row.wakeAt = row.duesBefore;
    this.memory.setWake(row);
    this.memory.addParked(row, { occurredAt: row.foldedUpTo ?? Number.MIN_SAFE_INTEGER, offset });
    for (const letter of this.memory.incomplete.get(key) ?? []) {
      if (letter.startsWith(`${topics.classified}/`))
        await this.mark({ kind: 'dead_letter', letter, state: 'resolved', source, ticket });
    }
  }

  /** Erases who the ticket's people are and what they wrote; what was said of its promises stays, and so do the ids of that. */
  private async forget(record: ForgetRecord, offset: number): Promise<void> {
    const { memory } = this;
    const sql = await this.unit.transaction();
    await loadMissing(sql, memory, [record]);
    const key = ticketKey(record.source, record.ticket);
    const row = memory.rows.get(key);
    const known = row === undefined ? new Set<string>() : await this.policies.words(row.policy);
    // Of a sealed ticket the row holds nothing that could be erased.
    if (row !== undefined && row.sealedAt === null) {
      if (row.state !== null) row.state = stateWithoutPeople(row.state, known);
      // What failed on the ticket may have quoted it.
      if (row.quarantined !== null) row.quarantined = FORGOTTEN;
      this.dirty.set(key, row);
      memory.forgetPeople(key, known);
    }
    // What the batch has changed so far is written, to be rewritten with the rest.
    this.spokenOf.add(key);
    await this.saveRows();
    this.timeMoved = true;
    await noteForgotten(sql, record, await forgetStored(sql, record, offset, known));
  }

  private async mark({ letter, state, source, ticket }: DeadLetterRecord): Promise<void> {
    if (state === 'open') return this.open({ source, ticket }, letter);
    if (!this.memory.closeLetter(ticketKey(source, ticket), letter)) return;
    await closeLetter(await this.unit.transaction(), { source, ticket }, letter);
  }

  /** From here on what is said of the ticket says that something is missing. */
  private async open(about: TicketId | null, letter: string): Promise<void> {
    if (about === null || !this.memory.openLetter(ticketKey(about.source, about.ticket), letter)) return;
    await openLetter(await this.unit.transaction(), this.partition, about, letter);
  }

  private async newRow(value: ClassifiedRecord): Promise<TicketRow> {
    const { event } = value;
    const policy = await this.policies.pin(value.policy, creationOf([event]));
    if (policy === null) throw policyNotPublished(value.policy);
    const row: TicketRow = {
      source: event.source,
      ticket: event.ticket,
      policy: value.policy,
      policyVersion: null,
      settleMs: policy.settleMs,
      state: null,
      priorityHistory: [],
      coverageHistory: [],
      revision: -1,
      foldedUpTo: null,
      duesBefore: null,
      foldedOffset: -1,
      wakeAt: null,
      quarantined: null,
      sealAt: null,
      sealedAt: null,
      firstEventAt: null,
      lastEventAt: null,
      firstPublishedAt: null,
      lastPublishedAt: null,
    };
    this.dirty.set(ticketKey(row.source, row.ticket), row);
    return row;
  }

  /** A watermark: folds what is due by it. */
  private async pass(watermark: Watermark, offset: number): Promise<void> {
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
    if (memory.ticketWalks.length > 0) {
      await this.saveRows();
      await this.walks.pass(watermark, offset);
    }
    await this.seal(watermark);
  }

  private async loadTimers(stretches: readonly WakeStretch[]): Promise<void> {
    const { memory } = this;
    const sql = await this.unit.transaction();
    const { wakes, loaded } = await loadWakes(sql, this.partition, stretches, MOST_TIMERS_READ);
    for (const wake of wakes) memory.addStoredWake(wake);
    for (const { source, until } of loaded) memory.stretchLoaded(source, until);
  }

  /** Folds tickets that share a horizon, chunk by chunk, and lets go of those that are done with. */
  private async foldGroup(group: DueTickets, offset: number): Promise<void> {
    for (let from = 0; from < group.keys.length; from += CHUNK) {
      const began = performance.now();
      const keys = group.keys.slice(from, from + CHUNK);
      await this.due.fold(group, keys, offset);
      if (this.memory.isFull) await this.saveRows();
      this.observer.folded(keys.length, performance.now() - began);
    }
    this.timeMoved = true;
  }

  private async foldAndSave(group: DueTickets, offset: number): Promise<void> {
    await this.foldGroup(group, offset);
    await this.saveRows();
  }

  /** Saves the tickets changed so far. Those that the batch still speaks of stay in memory, the others make room. */
  private async saveRows(): Promise<void> {
    const { dirty } = this;
    await this.due.flush();
    const sql = await this.unit.transaction();
    const rows = [...dirty.values()];
    for (let from = 0; from < rows.length; from += CHUNK) {
      await saveTickets(sql, this.partition, rows.slice(from, from + CHUNK));
    }
    dirty.clear();
    this.memory.trim(this.spokenOf);
  }

  /** Removes the timelines of tickets that are sealed by now: now and then, and some at a time. */
  private async seal(watermark: Watermark): Promise<void> {
    const { memory } = this;
    if (watermark.at < memory.sealsAt) return;
    const sql = await this.unit.transaction();
    const candidates = await loadSealable(sql, this.partition, watermark, MOST_SEALED);
    await loadMissing(sql, memory, candidates);
    const sealed = candidates.flatMap(({ source, ticket }): TicketRow[] => {
      const row = memory.rows.get(ticketKey(source, ticket));
      // What was accepted before it was sealed, and lies ahead, is still folded.
      const waits = memory.pending.has(ticketKey(source, ticket));
      return row !== undefined && !waits && this.sealedBy(row, watermark) ? [row] : [];
    });
    const changed = sealed.filter(({ source, ticket }) => this.dirty.delete(ticketKey(source, ticket)));
    await saveTickets(sql, this.partition, changed);
    await sealTickets(
      sql,
      sealed.map((row) => memory.timelineOf(row)),
    );
    for (const row of sealed) {
      row.sealedAt = row.sealAt;
      row.state = null;
      row.priorityHistory = [];
      row.coverageHistory = [];
    }
    this.timeMoved = true;
    memory.sealsAt = candidates.length < MOST_SEALED ? watermark.at + SEAL_EVERY_MS : watermark.at;
    this.unit.afterCommit(() => this.observer.sealed(sealed.length));
  }

  /** Saves what the batch changed; a batch that only moved time saves it now and then. */
  private async finish(): Promise<void> {
    const { memory, dirty } = this;
    const at = memory.watermark?.at ?? Number.NEGATIVE_INFINITY;
    if (this.refused.length > 0) await withdrawEvents(await this.unit.transaction(), this.partition, this.refused);
    const worthSaving = dirty.size > 0 || this.timeMoved || at >= memory.savedAt + SAVE_TIME_EVERY_MS;
    if (!worthSaving) return;
    this.spokenOf.clear();
    await this.saveRows();
    await saveTime(await this.unit.transaction(), this.partition, {
      watermark: memory.watermark,
      watermarkOffset: memory.watermarkOffset,
      pendingFrom: memory.pendingFrom(),
      nextSeq: memory.nextSeq,
    });
    memory.savedAt = at;
  }
}
