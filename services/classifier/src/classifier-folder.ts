import {
  topics,
  withoutText,
  type ClassifiedTopicRecord,
  type ReceivedRecord,
  type Watermark,
} from '@punctual/contracts';
import type { DecisionRecord } from '@punctual/classification';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import {
  StreamError,
  type Assignment,
  type LogRecord,
  type OutgoingRecord,
  type RecordBatch,
  type UnitOfWork,
} from '@punctual/stream';
import { creationAfter, takeIn, type ClassifiedTicket, type TakenIn } from './classified-ticket.js';
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
import { readReceived } from './read-received.js';
import { contentHash, eventKey, ticketKey, type TicketId } from './ticket-identity.js';

/** The most tickets a partition keeps in memory between batches. */
const MOST_TICKETS = 10_000;

type Readable = { readonly record: LogRecord; readonly value: ReturnType<typeof readReceived> };

/**
 * Folds the partitions of `tickets.received` into `tickets.classified`: same partition, same order, every record. An event delivered
 * again is dropped, one that contradicts the first of its id is a dead letter, and a ticket whose events cannot be classified stands
 * aside while the rest goes on.
 */
export class ClassifierFolder {
  private readonly caches = new WeakMap<Assignment, Map<string, ClassifiedTicket>>();

  constructor(
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly metrics: ClassifierMetrics,
  ) {}

  async fold(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    let cache = this.caches.get(batch.assignment);
    if (!cache) this.caches.set(batch.assignment, (cache = new Map()));
    const fold = new BatchFold(batch.partition, cache, unit, this.policies, this.metrics);
    await fold.run(batch.records.map((record) => ({ record, value: readReceived(record) })));
    for (const key of cache.keys()) {
      if (cache.size <= MOST_TICKETS) break;
      cache.delete(key);
    }
  }
}

/** One batch of one partition. */
class BatchFold {
  private readonly output: OutgoingRecord[] = [];
  private readonly seen = new Map<string, string>();
  private readonly fresh: { event: ReceivedRecord['event']; hash: string }[] = [];
  private readonly changed = new Map<string, ClassifiedTicket>();
  private readonly decisions = new Map<string, TicketId & { decisions: readonly DecisionRecord[] }>();
  private readonly parking: ParkedRecord[] = [];
  private passedOn = 0;

  constructor(
    private readonly partition: number,
    private readonly tickets: Map<string, ClassifiedTicket>,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly metrics: ClassifierMetrics,
  ) {}

  async run(records: readonly Readable[]): Promise<void> {
    await this.load(records.flatMap(({ value }) => (value.kind === 'event' ? [value.event] : [])));
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
          this.pass(value.kind, value);
          break;
        case 'event':
          await this.take(record, value);
          break;
      }
    }
    await this.save();
    this.unit.emit(this.output);
    this.unit.afterCommit(() => this.metrics.passedOn(this.passedOn));
  }

  /** What the batch's events need: their tickets, and whether they were seen before. */
  private async load(events: readonly ReceivedRecord['event'][]): Promise<void> {
    if (events.length === 0) return;
    const sql = await this.unit.transaction();
    const missing = new Map<string, TicketId>();
    for (const event of events) {
      const key = ticketKey(event);
      const ticket = this.tickets.get(key);
      if (ticket === undefined) missing.set(key, event);
      else this.keep(ticket);
    }
    for (const ticket of await loadTickets(sql, [...missing.values()])) this.keep(ticket);
    for (const [key, hash] of await loadSeen(sql, events)) this.seen.set(key, hash);
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
        this.parking.push({ offset: record.offset, value });
        return;
      }
      await this.release(ticket, record, value);
      return;
    }
    await this.classify(record, value, hash);
  }

  /** A dead letter tried again: its ticket comes out of quarantine with everything that was parked meanwhile, in order. */
  private async release(ticket: ClassifiedTicket, record: LogRecord, value: ReceivedRecord): Promise<void> {
    const parkedBefore = await unpark(await this.unit.transaction(), [ticket]);
    const parkedNow = this.parking.filter(({ value: parked }) => ticketKey(parked.event) === ticketKey(ticket));
    this.parking.splice(0, this.parking.length, ...this.parking.filter((parked) => !parkedNow.includes(parked)));
    this.change({ ...ticket, quarantined: null });
    const originally = [...parkedBefore, ...parkedNow].filter(
      ({ value: parked }) => parked.event.id !== value.event.id,
    );
    await this.take({ ...record, headers: {} }, value);
    for (const { offset, value: parked } of originally) {
      await this.take({ ...record, offset, value: parked, headers: {} }, parked);
    }
  }

  private async classify(record: LogRecord, value: ReceivedRecord, hash: string): Promise<void> {
    const { event } = value;
    const before = this.tickets.get(ticketKey(event));
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
    this.change(ticket);
    if (decisions !== null) {
      this.decisions.set(ticketKey(ticket), { source: ticket.source, ticket: ticket.ticket, decisions });
      const now = decisions.filter(({ eventId, outcome }) => eventId === event.id && outcome === 'effective');
      this.unit.afterCommit(() => this.metrics.decided(ticket.policy, now));
    }
    const { policy: name, revision, priorityHistory, coverageHistory } = ticket;
    this.passedOn += 1;
    this.pass(`${event.source}/${event.ticket}`, {
      kind: 'event',
      event: withoutText(event),
      policy: name,
      revision,
      priorityHistory,
      coverageHistory,
    });
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
    this.parking.push({ offset: record.offset, value });
    this.giveUp(record, 'classification_failed', quarantined);
    this.unit.afterCommit(() => this.metrics.quarantined());
  }

  private giveUp(record: LogRecord, code: string, detail: string): void {
    this.unit.deadLetter(record, { code, detail, stage: 'classifier' });
    this.unit.afterCommit(() => this.metrics.deadLettered(code));
  }

  private pass(key: string, value: ClassifiedTopicRecord): void {
    this.output.push({ topic: topics.classified, partition: this.partition, key, value });
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
    if (this.changed.size === 0 && this.parking.length === 0) return;
    const sql = await this.unit.transaction();
    await saveSeen(sql, this.fresh);
    await saveTickets(sql, this.partition, [...this.changed.values()]);
    await saveDecisions(sql, [...this.decisions.values()]);
    await park(sql, this.parking);
  }
}

function newTicket(event: ReceivedRecord['event'], policy: string, policyVersion: string): ClassifiedTicket {
  return {
    source: event.source,
    ticket: event.ticket,
    policy,
    policyVersion,
    ...creationAfter(null, event),
    revision: 0,
    inputs: [],
    priorityHistory: [],
    coverageHistory: [],
    quarantined: null,
  };
}

/** A watermark directly followed by one about the same sources says nothing that the later does not. */
function withoutSupersededWatermarks(records: readonly Readable[]): Readable[] {
  return records.filter(({ value }, index) => {
    const next = records[index + 1]?.value;
    return !(value.kind === 'watermark' && next?.kind === 'watermark' && modesOf(value) === modesOf(next));
  });
}

/** A session that begins or ends between two watermarks makes them different things to say. */
function modesOf({ sources }: Watermark): string {
  return JSON.stringify(
    Object.entries(sources)
      .map(([source, { mode }]) => [source, mode])
      .sort(),
  );
}
