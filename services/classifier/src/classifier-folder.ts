import {
  readReceived,
  topics,
  traceHeaders,
  traceparentIn,
  withoutText,
  type ClassifiedTopicRecord,
  type DeadLetterRecord,
  type ForgetRecord,
  type Instant,
  type ReceivedRecord,
  type ReleaseRecord,
  type Watermark,
} from '@punctual/contracts';
import {
  decidePriorities,
  inputsWithoutPeople,
  toPriorityInput,
  withAskedInText,
  type DecisionRecord,
} from '@punctual/classification';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import {
  StreamError,
  letterId,
  ticketOf,
  type Assignment,
  type LogRecord,
  type OutgoingRecord,
  type RecordBatch,
  type UnitOfWork,
} from '@punctual/stream';
import { creationAfter, newTicket, takeIn, type ClassifiedTicket, type TakenIn } from './classified-ticket.js';
import type { ClassifierMetrics } from './classifier-metrics.js';
import {
  loadSeen,
  loadTickets,
  park,
  saveDecisions,
  saveSeen,
  saveTickets,
  unpark,
  type ParkedRecord,
} from './classifier-store.js';
import { forgetParked, noteForgotten } from './forgetting-store.js';
import { removeEnded } from './removing-store.js';
import { withoutSupersededWatermarks, type Readable } from './superseded-watermarks.js';
import { contentHash, eventKey, ticketKey, type TicketId } from './ticket-identity.js';

/** Tickets that are over are looked for this often, in the watermark's time, and this many at once. */
const REMOVE_EVERY_MS = 60_000;
const MOST_REMOVED = 500;

/** The most tickets a partition keeps in memory between batches. */
const MOST_TICKETS = 10_000;

/**
 * Folds the partitions of `tickets.received` into `tickets.classified`: same partition, same order, every record. An event delivered
 * again is dropped, one that contradicts the first of its id is a dead letter, and a ticket whose events cannot be classified stands
 * aside while the rest goes on.
 */
export class ClassifierFolder {
  private readonly caches = new WeakMap<Assignment, PartitionCache>();

  constructor(
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly metrics: ClassifierMetrics,
    private readonly keptMs: number,
  ) {}

  async fold(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    let cache = this.caches.get(batch.assignment);
    if (!cache) {
      cache = { tickets: new Map(), removesAt: Number.NEGATIVE_INFINITY };
      this.caches.set(batch.assignment, cache);
    }
    const fold = new BatchFold(batch.partition, cache, unit, this.policies, this.metrics, this.keptMs);
    await fold.run(batch.records.map((record) => ({ record, value: readReceived(record) })));
    const { tickets } = cache;
    for (const key of tickets.keys()) {
      if (tickets.size <= MOST_TICKETS) break;
      tickets.delete(key);
    }
  }
}

/** What one spell of ownership keeps in memory of a partition. */
interface PartitionCache {
  readonly tickets: Map<string, ClassifiedTicket>;
  /** From this watermark time on, tickets that are over are looked for again. */
  removesAt: Instant;
}

/** One batch of one partition. */
class BatchFold {
  private readonly output: OutgoingRecord[] = [];
  private readonly seen = new Map<string, string>();
  private readonly fresh: { event: ReceivedRecord['event']; hash: string }[] = [];
  private readonly changed = new Map<string, ClassifiedTicket>();
  private readonly decisions = new Map<string, TicketId & { decisions: readonly DecisionRecord[] }>();
  private readonly parking: ParkedRecord[] = [];
  private readonly tickets: Map<string, ClassifiedTicket>;
  private lastWatermark: Watermark | null = null;
  private passedOn = 0;

  constructor(
    private readonly partition: number,
    private readonly cache: PartitionCache,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly metrics: ClassifierMetrics,
    private readonly keptMs: number,
  ) {
    this.tickets = cache.tickets;
  }

  async run(records: readonly Readable[]): Promise<void> {
    await this.load(records.flatMap(({ value }) => (value.kind === 'event' ? [value.event] : [])));
    await this.loadTickets(
      records.flatMap(({ value }) => (value.kind === 'release' || value.kind === 'forget' ? [value] : [])),
    );
    for (const { record, value } of withoutSupersededWatermarks(records)) {
      switch (value.kind) {
        case 'invalid':
          this.giveUp(record, 'invalid_record', value.what);
          break;
        case 'config':
          await this.policies.refresh();
          this.pass(value.kind, value);
          break;
        case 'watermark':
          this.lastWatermark = value;
          this.pass(value.kind, value);
          break;
        case 'dead_letter':
        case 'surge':
        case 'share':
          this.pass(value.kind, value);
          break;
        case 'release':
          await this.releaseAlone(record, value);
          this.pass(value.kind, value);
          break;
        case 'forget':
          await this.forget(value);
          this.pass(`${value.source}/${value.ticket}`, value);
          break;
        case 'forgotten':
          break;
        case 'event':
          await this.take(record, value);
          break;
      }
    }
    await this.save();
    if (this.lastWatermark !== null) await this.removeEnded(this.lastWatermark);
    this.unit.emit(this.output);
    this.unit.afterCommit(() => this.metrics.passedOn(this.passedOn));
  }

  /** What the batch's events need: their tickets, and whether they were seen before. */
  private async load(events: readonly ReceivedRecord['event'][]): Promise<void> {
    if (events.length === 0) return;
    await this.loadTickets(events);
    const sql = await this.unit.transaction();
    for (const [key, hash] of await loadSeen(sql, events)) this.seen.set(key, hash);
  }

  private async loadTickets(wanted: readonly TicketId[]): Promise<void> {
    if (wanted.length === 0) return;
    const missing = new Map<string, TicketId>();
    for (const id of wanted) {
      const key = ticketKey(id);
      const ticket = this.tickets.get(key);
      if (ticket === undefined) missing.set(key, id);
      else this.keep(ticket);
    }
    const sql = await this.unit.transaction();
    for (const ticket of await loadTickets(sql, [...missing.values()])) this.keep(ticket);
  }

  private async take(record: LogRecord, value: ReceivedRecord): Promise<void> {
    const { event } = value;
    const hash = contentHash(event);
    const known = this.seen.get(eventKey(event));
    if (known === hash) return this.unit.afterCommit(() => this.metrics.duplicated());
    if (known !== undefined) {
      return this.giveUp(
        record,
        'conflicting_duplicate',
        'an event with this id and other content came first, and stands',
      );
    }
    const ticket = this.tickets.get(ticketKey(event));
    if (ticket?.quarantined) {
      if (record.headers['dead-letter-attempt'] === undefined) {
        this.park(record, value);
        return;
      }
      await this.release(ticket, record, value);
      return;
    }
    await this.classify(record, value, hash);
  }

  /** A dead letter tried again: its ticket comes out of quarantine with everything that was parked meanwhile, in order. */
  private async release(ticket: ClassifiedTicket, record: LogRecord, value: ReceivedRecord): Promise<void> {
    const parked = await this.unparkAll(ticket);
    await this.take(record, value);
    for (const later of parked) {
      if (later.value.event.id === value.event.id) continue;
      await this.take(recordOf(later, record), later.value);
    }
  }

  /** A ticket let go without another try of its dead letter: what was parked is classified, the letter's own record first. */
  private async releaseAlone(record: LogRecord, { source, ticket: id }: ReleaseRecord): Promise<void> {
    const ticket = this.tickets.get(ticketKey({ source, ticket: id }));
    if (!ticket?.quarantined) return;
    for (const parked of await this.unparkAll(ticket)) {
      const again = recordOf(parked, { ...record, key: `${source}/${id}` });
      this.mark({ source, ticket: id }, letterId(again), 'resolved');
      await this.take(again, parked.value);
    }
  }

  /** Ends a quarantine and takes out what was parked, in the order of the log; the loads of a batch may not know those events yet. */
  private async unparkAll(ticket: ClassifiedTicket): Promise<ParkedRecord[]> {
    const sql = await this.unit.transaction();
    const key = ticketKey(ticket);
    const before = await unpark(sql, [ticket]);
    const now = this.parking.filter(({ value }) => ticketKey(value.event) === key);
    this.parking.splice(0, this.parking.length, ...this.parking.filter((parked) => !now.includes(parked)));
    this.change({ ...ticket, quarantined: null });
    const parked = [...before, ...now];
    const seen = await loadSeen(
      sql,
      parked.map(({ value }) => value.event),
    );
    for (const [event, hash] of seen) this.seen.set(event, hash);
    return parked;
  }

  /**
   * Lets go of what is known of tickets that are over so long that the SLA clock has sealed them under this watermark: its instant is never later.
   * Once a batch, when what it changed is saved: a batch may hold very many watermarks, and a later removal loses nothing.
   */
  private async removeEnded(watermark: Watermark): Promise<void> {
    if (watermark.at < this.cache.removesAt) return;
    let keptMs = this.keptMs;
    for (const { sealAfterMs, reopenWindowMs, settleMs } of await this.policies.all()) {
      keptMs = Math.max(keptMs, sealAfterMs + reopenWindowMs + settleMs);
    }
    const removed = await removeEnded(await this.unit.transaction(), this.partition, watermark, keptMs, MOST_REMOVED);
    for (const id of removed) {
      const ticket = this.tickets.get(ticketKey(id));
      if (ticket === undefined) continue;
      const nothing = { inputs: [], priorityHistory: [], coverageHistory: [], requesters: [] };
      this.keep({ ...ticket, ...nothing, removedAt: watermark.at });
    }
    this.cache.removesAt = removed.length < MOST_REMOVED ? watermark.at + REMOVE_EVERY_MS : watermark.at;
  }

  /** Erases what the ticket's people wrote and who they are; what was decided stays. */
  private async forget(record: ForgetRecord): Promise<void> {
    // What came before it in the batch is erased with what the tables hold.
    await this.save();
    const sql = await this.unit.transaction();
    const ticket = this.tickets.get(ticketKey(record));
    if (ticket === undefined) return noteForgotten(sql, record, { inputs: 0, parked: 0, fieldsKept: false });
    const policy = await this.policies.find(ticket.policy, ticket.policyVersion);
    const known = await this.policies.words(ticket.policy);
    const parked = await forgetParked(sql, record, known);
    const inputs = policy === null ? null : inputsWithoutPeople(ticket.inputs, policy, known);
    this.change({ ...ticket, inputs: inputs ?? ticket.inputs, requesters: [] });
    if (policy !== null && inputs !== null) {
      const { decisions } = decidePriorities(inputs, policy);
      this.decisions.set(ticketKey(ticket), { source: ticket.source, ticket: ticket.ticket, decisions });
    }
    await noteForgotten(sql, record, { inputs: inputs?.length ?? 0, parked, fieldsKept: inputs === null });
  }

  private async classify(record: LogRecord, value: ReceivedRecord, hash: string): Promise<void> {
    const { event } = value;
    const before = this.tickets.get(ticketKey(event));
    if (before !== undefined && before.removedAt !== null) return this.comeTooLate(record, event, before);
    const policyName = before?.policy ?? value.policy;
    const policy = await this.policyFor(policyName, before ?? null, event);
    let taken: TakenIn;
    try {
      taken = takeIn(before ?? newTicket(event, policyName, policy.version), event, policy);
    } catch (error) {
      return this.quarantine(before ?? newTicket(event, policyName, policy.version), record, value, error);
    }
    const { ticket, decisions } = taken;
    this.seen.set(eventKey(event), hash);
    this.fresh.push({ event, hash });
    if (ticket === before) this.keep(ticket);
    else this.change(ticket);
    if (decisions !== null) {
      this.decisions.set(ticketKey(ticket), { source: ticket.source, ticket: ticket.ticket, decisions });
      const now = decisions.filter(({ eventId, outcome }) => eventId === event.id && outcome === 'effective');
      this.unit.afterCommit(() => this.metrics.decided(ticket.policy, now));
    }
    this.passEvent(record, event, ticket);
  }

  /**
   * An event of a ticket of which nothing is known here any more. The SLA clock has sealed it, and makes a dead letter of the event; or keeps it
   * longer, and folds it. What could change a decision nobody can decide by then: it is a dead letter here, so that it is not lost unsaid.
   */
  private comeTooLate(record: LogRecord, event: ReceivedRecord['event'], ticket: ClassifiedTicket): void {
    if (toPriorityInput(event) === null) return this.passEvent(record, event, ticket);
    this.giveUp(record, 'sealed', 'what this ticket was decided by is not kept any more: its decisions stand');
  }

  private passEvent({ headers }: LogRecord, event: ReceivedRecord['event'], ticket: ClassifiedTicket): void {
    const { policy, revision, priorityHistory, coverageHistory } = ticket;
    this.passedOn += 1;
    const value = { event: withoutText(withAskedInText(event)), policy, revision, priorityHistory, coverageHistory };
    this.pass(`${event.source}/${event.ticket}`, { kind: 'event', ...value }, traceparentIn(headers));
  }

  /** The version in effect at the ticket's creation; it changes only where the creation turns out to lie elsewhere. */
  private async policyFor(
    name: string,
    before: ClassifiedTicket | null,
    event: ReceivedRecord['event'],
  ): Promise<CompiledPolicy> {
    const { createdAt } = creationAfter(before, event);
    const keeps = before !== null && before.createdAt === createdAt;
    const policy = keeps
      ? await this.policies.find(name, before.policyVersion)
      : await this.policies.pin(name, createdAt);
    if (policy !== null) return policy;
    throw new StreamError(
      'not_ready',
      `policy '${name}' is not published yet; its tickets wait. Publish it with 'punctual policy publish'.`,
    );
  }

  private quarantine(ticket: ClassifiedTicket, record: LogRecord, value: ReceivedRecord, error: unknown): void {
    // The message may quote the ticket; the class says enough.
    const quarantined = error instanceof Error ? error.name : 'unknown error';
    this.change({ ...ticket, quarantined });
    this.park(record, value);
    this.giveUp(record, 'classification_failed', quarantined);
    this.unit.afterCommit(() => this.metrics.quarantined());
  }

  private park({ offset, headers }: LogRecord, value: ReceivedRecord): void {
    this.parking.push({ offset, value, traceparent: traceparentIn(headers) });
  }

  private giveUp(record: LogRecord, code: string, detail: string): void {
    this.unit.deadLetter(record, { code, detail, stage: 'classifier' });
    const about = ticketOf(record.value);
    if (about !== null) this.mark(about, letterId(record), 'open');
    this.unit.afterCommit(() => this.metrics.deadLettered(code));
  }

  /** Tells who folds the ticket that something about it is missing, or no longer. */
  private mark({ source, ticket }: TicketId, letter: string, state: DeadLetterRecord['state']): void {
    this.pass(`${source}/${ticket}`, { kind: 'dead_letter', letter, state, source, ticket });
  }

  private pass(key: string, value: ClassifiedTopicRecord, traceparent: string | null = null): void {
    this.output.push({
      topic: topics.classified,
      partition: this.partition,
      key,
      value,
      ...traceHeaders(traceparent),
    });
  }

  private change(ticket: ClassifiedTicket): void {
    this.keep(ticket);
    this.changed.set(ticketKey(ticket), ticket);
  }

  /** The ticket used last stands last. */
  private keep(ticket: ClassifiedTicket): void {
    const key = ticketKey(ticket);
    this.tickets.delete(key);
    this.tickets.set(key, ticket);
  }

  private async save(): Promise<void> {
    if (this.changed.size === 0 && this.fresh.length === 0 && this.parking.length === 0) return;
    const sql = await this.unit.transaction();
    this.unit.sent(saveSeen(sql, this.fresh));
    this.unit.sent(saveTickets(sql, this.partition, [...this.changed.values()]));
    this.unit.sent(saveDecisions(sql, [...this.decisions.values()]));
    this.unit.sent(park(sql, this.parking));
    this.fresh.length = 0;
    this.parking.length = 0;
    this.changed.clear();
    this.decisions.clear();
  }
}

/** What was parked as it stood on the log, beside `released`, which lets it go. */
function recordOf({ offset, value, traceparent }: ParkedRecord, released: LogRecord): LogRecord {
  return { ...released, offset, value, headers: traceHeaders(traceparent).headers ?? {} };
}
