import {
  topics,
  type ClassifiedRecord,
  type Horizon,
  type SlaEvent,
  type TicketEvent,
  type Watermark,
} from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { Published } from '@punctual/sla-engine';
import {
  StreamError,
  type Assignment,
  type LogRecord,
  type RecordBatch,
  type Sql,
  type UnitOfWork,
} from '@punctual/stream';
import {
  addTotals,
  appendPublished,
  disarmClocks,
  saveClocks,
  type ClocksOfTicket,
} from '../storage/publication-store.js';
import {
  appendEvents,
  loadArmedSources,
  loadPending,
  loadStanding,
  loadTickets,
  loadTime,
  loadTimelines,
  loadWakes,
  saveTickets,
  saveTime,
  type TicketId,
} from '../storage/ticket-store.js';
import { creationOf, PartitionMemory, type DueTickets } from './partition-memory.js';
import { foldFromStart, foldOnto, horizonFor, type TicketOutcome } from './fold-due-ticket.js';
import type { FoldObserver } from './fold-observer.js';
import { readClassified } from './read-classified.js';
import { ticketKey, type PlacedEvent, type TicketRow } from './ticket-row.js';

/** The most tickets folded by one round of statements. */
const CHUNK = 2_000;

/** A watermark with nothing due is stored once its time has moved this far, ms: what the read API takes for now. */
const SAVE_TIME_EVERY_MS = 10_000;

/** A ticket under fold with what it needs. */
interface Work {
  readonly row: TicketRow;
  readonly due: DueTickets;
  /** What waits for it, or null where that has to be read. */
  readonly waiting: readonly PlacedEvent[] | null;
}

/**
 * Folds the partitions of `tickets.classified`. An event is recorded when it arrives; at each watermark the tickets that have something
 * due by its horizon (a recorded event, a deadline, a threshold) are folded once each, in the order of instants, in the batch's fenced
 * transaction. So verdicts are a function of the log, and of nothing else.
 */
export class ClockFolder {
  private readonly memories = new WeakMap<Assignment, PartitionMemory>();
  private readonly owned = new Map<number, { assignment: Assignment; memory: PartitionMemory }>();

  constructor(
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly observer: FoldObserver,
  ) {}

  /** The latest watermark this instance has folded of a partition; null where it has none. */
  watermarkOf(partition: number): Watermark | null {
    return this.owned.get(partition)?.memory.watermark ?? null;
  }

  /** What the partitions folded here hold: for metrics. */
  held(): { partition: number; watermark: Watermark | null; pending: number; armed: number }[] {
    return [...this.owned].map(([partition, { memory }]) => ({
      partition,
      watermark: memory.watermark,
      pending: memory.pending.size,
      armed: memory.armed,
    }));
  }

  async fold(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    const memory = await this.memoryOf(batch.assignment, batch.partition, unit);
    await new BatchFold(batch.partition, memory, unit, this.policies, this.observer).run(batch.records);
  }

  private async memoryOf(assignment: Assignment, partition: number, unit: UnitOfWork): Promise<PartitionMemory> {
    const known = this.memories.get(assignment);
    if (known) return known;
    const sql = await unit.transaction();
    const time = await loadTime(sql, partition);
    const memory = new PartitionMemory(time);
    for (const source of await loadArmedSources(sql, partition)) memory.addSource(source);
    if (time !== null && time.pendingFrom !== null) {
      for (const ticket of await loadPending(sql, partition, time.pendingFrom)) memory.addStoredPending(ticket);
    }
    this.memories.set(assignment, memory);
    this.owned.set(partition, { assignment, memory });
    return memory;
  }
}

/** One batch of one partition. */
class BatchFold {
  private readonly dirty = new Map<string, TicketRow>();
  private timeMoved = false;

  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly observer: FoldObserver,
  ) {}

  async run(records: readonly LogRecord[]): Promise<void> {
    const readable = records.map((record) => ({ record, value: readClassified(record) }));
    const arriving = readable.flatMap(({ record, value }) => (value.kind === 'event' ? [{ record, value }] : []));
    await this.record(arriving);
    for (const { record, value } of readable) {
      switch (value.kind) {
        case 'invalid':
          this.unit.deadLetter(record, { code: 'invalid_record', detail: value.what, stage: 'sla-clock' });
          this.observer.deadLettered('invalid_record');
          break;
        case 'config':
          await this.policies.refresh();
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
    const sql = await this.unit.transaction();
    await this.loadMissing(
      sql,
      arriving.map(({ value }) => value.event),
    );
    await appendEvents(
      sql,
      this.partition,
      arriving.map(({ record, value }) => ({ event: value.event, offset: record.offset })),
    );
  }

  private async loadMissing(sql: Sql, tickets: readonly TicketId[]): Promise<void> {
    const missing = new Map<string, TicketId>();
    for (const { source, ticket } of tickets) {
      const key = ticketKey(source, ticket);
      const row = this.memory.rows.get(key);
      if (row) this.memory.touch(key, row);
      else missing.set(key, { source, ticket });
    }
    for (const row of await loadTickets(sql, [...missing.values()])) {
      this.memory.rows.set(ticketKey(row.source, row.ticket), row);
    }
  }

  /** Takes an event in: it waits for its watermark. */
  private async arrive(record: LogRecord, value: ClassifiedRecord): Promise<void> {
    const { event } = value;
    const key = ticketKey(event.source, event.ticket);
    const row = this.memory.rows.get(key) ?? (await this.newRow(value));
    this.memory.rows.set(key, row);
    if (value.revision > row.revision) {
      row.revision = value.revision;
      row.priorityHistory = value.priorityHistory;
      row.coverageHistory = value.coverageHistory;
      this.dirty.set(key, row);
    }
    if (row.quarantined !== null && record.headers['dead-letter-attempt'] !== undefined) {
      row.quarantined = null;
      this.dirty.set(key, row);
      this.memory.addParked(row, { event, offset: record.offset });
    } else if (row.quarantined === null) {
      this.memory.addPending(row, { event, offset: record.offset });
    }
  }

  private async newRow(value: ClassifiedRecord): Promise<TicketRow> {
    const { event } = value;
    const policy = await this.policies.pin(value.policy, creationOf([event]));
    if (policy === null) throw notPublished(value.policy);
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
    };
    this.dirty.set(ticketKey(row.source, row.ticket), row);
    return row;
  }

  /** A watermark: folds what is due by it. */
  private async pass(watermark: Watermark, offset: number): Promise<void> {
    const { memory } = this;
    const stretches = memory.stretchesToLoad(watermark);
    if (stretches.length > 0) {
      const sql = await this.unit.transaction();
      for (const wake of await loadWakes(sql, this.partition, stretches)) memory.addStoredWake(wake);
      for (const { source, until } of stretches) memory.stretchLoaded(source, until);
    }
    const due = memory.takeDue(watermark);
    memory.watermark = watermark;
    memory.watermarkOffset = offset;
    for (const group of due) {
      for (let from = 0; from < group.keys.length; from += CHUNK) {
        const began = performance.now();
        const keys = group.keys.slice(from, from + CHUNK);
        await this.foldTickets(group, keys, offset);
        this.observer.folded(keys.length, performance.now() - began);
      }
      this.timeMoved = true;
    }
  }

  private async foldTickets(due: DueTickets, keys: readonly string[], offset: number): Promise<void> {
    const sql = await this.unit.transaction();
    await this.loadMissing(sql, keys.map(idOfKey));
    const works = await this.collectWork(sql, due, keys, offset);
    const outcomes: { work: Work; outcome: TicketOutcome }[] = [];
    const again: Work[] = [];
    const failed: Work[] = [];
    for (const work of works) {
      const policy = await this.presentPolicy(work.row);
      const outcome = this.attempt(work, failed, () => (policy === null ? null : onto(work, policy)));
      if (outcome === null) again.push(work);
      else if (outcome !== 'failed') outcomes.push({ work, outcome });
    }
    await this.foldAgain(sql, again, offset, outcomes, failed);
    await this.keep(sql, outcomes, offset);
    await disarmClocks(
      sql,
      failed.map(({ row }) => row),
    );
  }

  private async collectWork(sql: Sql, due: DueTickets, keys: readonly string[], offset: number): Promise<Work[]> {
    const { memory } = this;
    const works = keys.flatMap((key): Work[] => {
      const row = memory.rows.get(key);
      if (row === undefined || row.quarantined !== null) return [];
      const waiting = memory.pending.get(key);
      return [{ row, due, waiting: waiting === undefined ? [] : waiting.events }];
    });
    const unknown = works.filter(({ waiting }) => waiting === null);
    const timelines = await loadTimelines(
      sql,
      unknown.map(({ row }) => row),
      offset,
    );
    return works.map((work) => {
      if (work.waiting !== null) return work;
      const { row } = work;
      const timeline = timelines.get(ticketKey(row.source, row.ticket)) ?? [];
      const unfolded = ({ event, offset: at }: PlacedEvent): boolean =>
        at > row.foldedOffset || row.foldedUpTo === null || event.occurredAt > row.foldedUpTo;
      return { ...work, waiting: timeline.filter(unfolded) };
    });
  }

  /** What a fold of one ticket throws is that ticket's trouble alone. */
  private attempt<Outcome>(work: Work, failed: Work[], fold: () => Outcome): Outcome | 'failed' {
    try {
      return fold();
    } catch (error) {
      this.quarantine(work, error, failed);
      return 'failed';
    }
  }

  /** The version a ticket runs under; null before its first fold. */
  private async presentPolicy(row: TicketRow): Promise<CompiledPolicy | null> {
    if (row.policyVersion === null) return null;
    const policy = await this.policies.find(row.policy, row.policyVersion);
    if (policy === null) throw notPublished(row.policy);
    return policy;
  }

  /** Folds from the start: tickets never folded before, late evidence, corrections. */
  private async foldAgain(
    sql: Sql,
    works: readonly Work[],
    offset: number,
    outcomes: { work: Work; outcome: TicketOutcome }[],
    failed: Work[],
  ): Promise<void> {
    const known = works.filter(({ row }) => row.state !== null);
    const ids = known.map(({ row }) => row);
    const timelines = await loadTimelines(sql, ids, offset);
    const standing = await loadStanding(sql, ids);
    for (const work of works) {
      const key = ticketKey(work.row.source, work.row.ticket);
      const timeline = (timelines.get(key) ?? work.waiting ?? []).map(({ event }) => event);
      const { row, due } = work;
      const horizon = horizonFor(row, due.horizon);
      const policy = await this.policyFor(
        row,
        timeline.filter(({ occurredAt }) => occurredAt <= horizon.eventsUpTo),
      );
      const outcome = this.attempt(work, failed, () =>
        foldFromStart(row, timeline, standing.get(key) ?? [], causeOf(work, horizon), policy, horizon, due.mode),
      );
      if (outcome === 'failed') continue;
      outcomes.push({ work, outcome });
      if (row.state !== null)
        this.observer.refolded(row.policyVersion === policy.version ? 'evidence' : 'policy_version');
    }
  }

  /** A ticket keeps its version unless its creation turns out to lie elsewhere. */
  private async policyFor(row: TicketRow, events: readonly TicketEvent[]): Promise<CompiledPolicy> {
    const createdAt = creationOf(events);
    const keeps = row.policyVersion !== null && row.state?.createdAt === createdAt;
    const policy = keeps
      ? await this.policies.find(row.policy, row.policyVersion ?? '')
      : await this.policies.pin(row.policy, createdAt);
    if (policy === null) throw notPublished(row.policy);
    return policy;
  }

  /** Takes the outcomes of a round into memory and writes what readers see. */
  private async keep(
    sql: Sql,
    outcomes: readonly { work: Work; outcome: TicketOutcome }[],
    offset: number,
  ): Promise<void> {
    const published: Published[] = [];
    const clocks: ClocksOfTicket[] = [];
    for (const { work, outcome } of outcomes) {
      const { row } = work;
      row.state = outcome.state;
      row.policyVersion = outcome.state.policyVersion;
      row.settleMs = outcome.settleMs;
      row.foldedUpTo = outcome.horizon.eventsUpTo;
      row.duesBefore = outcome.horizon.duesBefore;
      row.foldedOffset = offset;
      row.wakeAt = outcome.wakeAt;
      this.dirty.set(ticketKey(row.source, row.ticket), row);
      this.memory.keepPending(
        row,
        (work.waiting ?? []).filter(({ event }) => event.occurredAt > outcome.horizon.eventsUpTo),
      );
      this.memory.setWake(row);
      published.push(...outcome.published);
      clocks.push({
        source: row.source,
        ticket: row.ticket,
        policy: row.policy,
        clocks: outcome.clocks,
        extent: outcome.extent,
      });
    }
    await saveClocks(sql, this.partition, clocks);
    await this.publish(sql, published);
  }

  private async publish(sql: Sql, published: readonly Published[]): Promise<void> {
    if (published.length === 0) return;
    const events = published.map(({ event }) => event);
    await appendPublished(sql, this.partition, this.memory.nextSeq, published);
    await addTotals(sql, this.partition, events);
    this.memory.nextSeq += published.length;
    this.unit.emit(events.map((event) => this.outgoing(event)));
    this.unit.afterCommit(() => this.observer.published(events));
  }

  private outgoing(event: SlaEvent) {
    return { topic: topics.sla, partition: this.partition, key: `${event.source}/${event.ticket}`, value: event };
  }

  /** A ticket that cannot be folded stands aside with its events; everything else goes on. */
  private quarantine(work: Work, error: unknown, failed: Work[]): void {
    const { row } = work;
    const detail = error instanceof Error ? error.message : String(error);
    row.quarantined = detail.slice(0, 500);
    failed.push(work);
    this.dirty.set(ticketKey(row.source, row.ticket), row);
    this.memory.keepPending(row, []);
    this.memory.setWake(row);
    const last = work.waiting?.at(-1);
    if (last) {
      const { policy, revision, priorityHistory, coverageHistory } = row;
      const value: ClassifiedRecord = {
        kind: 'event',
        event: last.event,
        policy,
        revision,
        priorityHistory,
        coverageHistory,
      };
      const key = `${row.source}/${row.ticket}`;
      this.unit.deadLetter(
        {
          topic: topics.classified,
          partition: this.partition,
          offset: last.offset,
          key,
          value,
          headers: {},
          appendedAt: 0,
        },
        { code: 'fold_failed', detail: row.quarantined, stage: 'sla-clock' },
      );
      this.observer.deadLettered('fold_failed');
    }
    this.unit.afterCommit(() => this.observer.quarantined(error, this.partition));
  }

  /** Saves what the batch changed; a batch that only moved time saves it now and then. */
  private async finish(): Promise<void> {
    const { memory, dirty } = this;
    const at = memory.watermark?.at ?? Number.NEGATIVE_INFINITY;
    const worthSaving = dirty.size > 0 || this.timeMoved || at >= memory.savedAt + SAVE_TIME_EVERY_MS;
    if (!worthSaving) return;
    const sql = await this.unit.transaction();
    const rows = [...dirty.values()];
    for (let from = 0; from < rows.length; from += CHUNK) {
      await saveTickets(sql, this.partition, rows.slice(from, from + CHUNK));
    }
    await saveTime(sql, this.partition, {
      watermark: memory.watermark,
      watermarkOffset: memory.watermarkOffset,
      pendingFrom: memory.pendingFrom(),
      nextSeq: memory.nextSeq,
    });
    memory.savedAt = at;
    memory.trim();
  }
}

function onto({ row, due, waiting }: Work, policy: CompiledPolicy): TicketOutcome | null {
  const events = (waiting ?? []).map(({ event }) => event);
  return foldOnto(row, events, policy, horizonFor(row, due.horizon), due.mode);
}

/** The event that brought new evidence; null where several did. */
function causeOf({ waiting }: Work, { eventsUpTo }: Horizon): string | null {
  const fresh = (waiting ?? []).filter(({ event }) => event.occurredAt <= eventsUpTo);
  return fresh.length === 1 ? (fresh[0]?.event.id ?? null) : null;
}

/** The record is no poison: it waits until the policy it names is there. */
function notPublished(policy: string): StreamError {
  return new StreamError(
    'not_ready',
    `policy '${policy}' is not published yet; its tickets wait. Publish it with 'punctual policy publish'.`,
  );
}

function idOfKey(key: string): TicketId {
  const at = key.indexOf('\u0000');
  return { source: key.slice(0, at), ticket: key.slice(at + 1) };
}
