import { formatInstant, traceparentIn, type ClassifiedRecord, type Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { LogRecord, UnitOfWork } from '@punctual/stream';
import type { MonthPartitions } from '../storage/month-partitions.js';
import { withdrawEvents, type RefusedEvent } from '../storage/sealing-store.js';
import { appendEvents } from '../storage/ticket-store.js';
import type { ChangedRows } from './changed-rows.js';
import type { FoldObserver } from './fold-observer.js';
import { loadMissing } from './load-missing.js';
import { creationOf, type PartitionMemory } from './partition-memory.js';
import { policyNotPublished } from './policy-not-published.js';
import { isSealedNow } from './seal-instant.js';
import { newTicketRow, ticketKey, widened, type TicketRow } from './ticket-row.js';

/** An event with the record that brought it. */
export interface Arriving {
  readonly record: LogRecord;
  readonly value: ClassifiedRecord;
}

/** Takes in the events of one batch: each is recorded in its ticket's timeline, and waits for its watermark. */
export class Arrivals {
  private readonly refused: RefusedEvent[] = [];

  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly months: MonthPartitions,
    private readonly observer: FoldObserver,
    private readonly changed: ChangedRows,
  ) {}

  /** Loads the tickets the batch speaks of and appends its events to their timelines. */
  async record(arriving: readonly Arriving[]): Promise<void> {
    if (arriving.length === 0) return;
    const events = arriving.map(({ value }) => value.event);
    for (const { source, ticket } of events) this.changed.keepUntilEnd(ticketKey(source, ticket));
    await this.months.ensure(
      'ticket_event',
      events.map(({ occurredAt }) => occurredAt),
    );
    const sql = await this.unit.transaction();
    await loadMissing(sql, this.memory, events);
    const placed = arriving.map(({ record, value }) => ({ event: value.event, offset: record.offset }));
    this.unit.sent(this.months.watch(appendEvents(sql, this.partition, placed)));
    this.unit.afterCommit(() => this.observer.recorded(arriving.length));
  }

  /** Takes a recorded event in, in its place among the batch's records. */
  async take({ record, value }: Arriving): Promise<void> {
    const { event } = value;
    const key = ticketKey(event.source, event.ticket);
    const row = this.memory.rows.get(key) ?? (await this.newRow(value));
    this.memory.rows.set(key, row);
    if (isSealedNow(row, this.memory)) return this.refuse(record, row, event.occurredAt);
    if (value.revision > row.revision) {
      row.revision = value.revision;
      row.priorityHistory = value.priorityHistory;
      row.coverageHistory = value.coverageHistory;
      this.changed.add(row);
    }
    const { from, until } = widened(row.firstEventAt, row.lastEventAt, [event.occurredAt]);
    // A later end is saved with the fold that takes the event in: until then memory and the waiting events tell it.
    if (from !== row.firstEventAt) this.changed.add(row);
    row.firstEventAt = from;
    row.lastEventAt = until;
    if (row.quarantined !== null && record.headers['dead-letter-attempt'] !== undefined) {
      row.quarantined = null;
      row.sealAt = null;
      this.changed.add(row);
      this.memory.addParked(row, { occurredAt: event.occurredAt, offset: record.offset });
    } else if (row.quarantined === null) {
      this.memory.addPending(row, { event, offset: record.offset, traceparent: traceparentIn(record.headers) });
    }
  }

  /** Takes what was refused out of the timelines again. */
  async withdrawRefused(): Promise<void> {
    if (this.refused.length > 0) await withdrawEvents(await this.unit.transaction(), this.partition, this.refused);
  }

  /** An event of a sealed ticket is neither folded nor lost. */
  private refuse(record: LogRecord, row: TicketRow, occurredAt: Instant): void {
    const since = formatInstant(row.sealedAt ?? row.sealAt ?? 0);
    const detail = `the ticket is sealed since ${since}: its verdicts stand, and its timeline is not kept any more`;
    this.unit.deadLetter(record, { code: 'sealed', detail, stage: 'sla-clock' });
    this.unit.afterCommit(() => this.observer.deadLettered('sealed'));
    this.refused.push({ offset: record.offset, occurredAt });
    // The time by which it was sealed is saved with what was decided by it.
    this.changed.timeMoved = true;
  }

  private async newRow(value: ClassifiedRecord): Promise<TicketRow> {
    const { event } = value;
    const policy = await this.policies.pin(value.policy, creationOf([event]));
    if (policy === null) throw policyNotPublished(value.policy);
    const { source, ticket } = event;
    const row = newTicketRow({ source, ticket, policy: value.policy, settleMs: policy.settleMs });
    this.changed.add(row);
    return row;
  }
}
