import { isDeepStrictEqual } from 'node:util';
import { topics, traceHeaders, type ClassifiedRecord, type Instant, type SlaEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { Clock, PinnedPolicies } from '@punctual/service-kit';
import { linkedBy, type PolicySchedule, type Published, type TicketState } from '@punctual/sla-engine';
import type { Sql, UnitOfWork } from '@punctual/stream';
import type { MonthPartitions } from '../storage/month-partitions.js';
import {
  addTotals,
  appendPublished,
  disarmClocks,
  laterClocks,
  saveClocks,
  type ClocksOfTicket,
  type PublishedOfTicket,
} from '../storage/publication-store.js';
import { saveLinks, type NamingTicket } from '../storage/link-store.js';
import { saveQueue, type PlacedTicket } from '../storage/queue-store.js';
import { loadStanding, loadTimelines, type TicketSpan } from '../storage/ticket-store.js';
import type { ChangedRows } from './changed-rows.js';
import { foldFromStart, foldOnto, horizonFor, type FoldedBy, type TicketOutcome } from './fold-due-ticket.js';
import type { FoldObserver } from './fold-observer.js';
import { loadMissing } from './load-missing.js';
import { missedTakeover } from './missed-takeover.js';
import { PartitionMemory, type DueTickets } from './partition-memory.js';
import { policyNotPublished } from './policy-not-published.js';
import { orderingPolicy, queuePlace } from './queue-place.js';
import { idOfKey, ticketKey, widened, type PlacedEvent, type TicketRow } from './ticket-row.js';

/** A ticket under fold with what it needs. */
interface Work {
  readonly row: TicketRow;
  readonly due: DueTickets;
  /** The versions of its policy; which of them apply to it, and when, follows from its instants. */
  readonly schedule: PolicySchedule;
  /** What waits for it, or null where that has to be read. */
  readonly waiting: readonly PlacedEvent[] | null;
}

/** Once the folds of so many tickets wait to be written, they are: it bounds memory and statements. */
const MOST_UNWRITTEN = 2_000;

/**
 * Folds the tickets of one batch that are due: loads what they need, folds each, and keeps what readers see for the end of the batch,
 * where it is written at once, however many watermarks the batch holds.
 */
export class DueFold {
  /** Clocks, places in the queue and links by ticket, and what was published, none of it written yet. */
  private readonly clocks = new Map<string, ClocksOfTicket>();
  private readonly places = new Map<string, PlacedTicket>();
  private readonly links = new Map<string, NamingTicket>();
  private published: PublishedOfTicket[] = [];
  /** The traces of the events that caused what was published; what time caused has none. */
  private readonly traces = new WeakMap<SlaEvent, string>();

  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly months: MonthPartitions,
    private readonly observer: FoldObserver,
    /** Takes the rows that have to be saved with the batch. */
    private readonly changed: ChangedRows,
    private readonly clock: Clock,
  ) {}

  /** Folds tickets due under a watermark by the log up to `offset`. Neither the rows changed nor what readers see is written here. */
  async fold(due: DueTickets, keys: readonly string[], offset: number): Promise<void> {
    const sql = await this.unit.transaction();
    await loadMissing(sql, this.memory, keys.map(idOfKey));
    const works = await this.collectWork(sql, due, keys, offset);
    const outcomes: { work: Work; outcome: TicketOutcome }[] = [];
    const again: Work[] = [];
    const failed: Work[] = [];
    for (const work of works) {
      const outcome = this.attempt(work, failed, () => this.onto(work));
      if (outcome === null) again.push(work);
      else if (outcome !== 'failed') outcomes.push({ work, outcome });
    }
    await this.foldAgain(sql, again, offset, outcomes, failed);
    this.keep(outcomes, offset);
    if (failed.length > 0 || this.clocks.size >= MOST_UNWRITTEN) await this.flush();
    const stopped = failed.map(({ row }) => row);
    this.unit.sent(disarmClocks(sql, stopped));
  }

  /** Publishes what is not about a ticket, after what was said so far. */
  say(published: Published): void {
    const { at } = published.event;
    this.published.push({ source: '', ticket: '', from: at, until: at, published: [published] });
  }

  /** Writes what readers see of the folds so far. */
  async flush(): Promise<void> {
    if (this.clocks.size > 0) {
      this.unit.sent(saveClocks(await this.unit.transaction(), this.partition, [...this.clocks.values()]));
      this.clocks.clear();
    }
    if (this.places.size > 0) {
      this.unit.sent(saveQueue(await this.unit.transaction(), [...this.places.values()]));
      this.places.clear();
    }
    if (this.links.size > 0) {
      this.unit.sent(saveLinks(await this.unit.transaction(), [...this.links.values()]));
      this.links.clear();
    }
    await this.publish();
  }

  /** Writes what readers see of the folds so far, and the rows changed. */
  async save(): Promise<void> {
    await this.flush();
    await this.changed.save();
  }

  private async collectWork(sql: Sql, due: DueTickets, keys: readonly string[], offset: number): Promise<Work[]> {
    const { memory } = this;
    const works: Work[] = [];
    for (const key of keys) {
      const row = memory.rows.get(key);
      if (row === undefined || row.quarantined !== null) continue;
      const schedule = await this.scheduleOf(row);
      const waiting = memory.pending.get(key);
      works.push({ row, due, schedule, waiting: waiting === undefined ? [] : waiting.events });
    }
    const unknown = works.filter(({ waiting }) => waiting === null);
    const timelines = await loadTimelines(
      sql,
      unknown.map(({ row }) => this.memory.timelineOf(row)),
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

  private onto({ row, due, schedule, waiting }: Work): TicketOutcome | null {
    const events = (waiting ?? []).map(({ event }) => event);
    const happened = { events, surges: this.memory.surges.of(row.policy) };
    return foldOnto(row, happened, schedule, this.foldedBy(row, due));
  }

  private foldedBy(row: TicketRow, { horizon, mode }: DueTickets): FoldedBy {
    return { horizon: horizonFor(row, horizon), mode, now: this.clock.now() };
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

  private async scheduleOf(row: TicketRow): Promise<PolicySchedule> {
    const schedule = await this.policies.schedule(row.policy, row.policyVersion);
    if (schedule === null) throw policyNotPublished(row.policy);
    return schedule;
  }

  /** Folds from the start: tickets never folded before, late evidence, corrections, another version that takes over. */
  private async foldAgain(
    sql: Sql,
    works: readonly Work[],
    offset: number,
    outcomes: { work: Work; outcome: TicketOutcome }[],
    failed: Work[],
  ): Promise<void> {
    const known = works.filter(({ row }) => row.state !== null);
    // What still stands is read from the database.
    if (known.length > 0) await this.flush();
    const timelines = await loadTimelines(
      sql,
      known.map(({ row }) => this.memory.timelineOf(row)),
      offset,
    );
    const standing = await loadStanding(
      sql,
      known.map(({ row }) => publicationsOf(row)),
    );
    for (const work of works) {
      const key = ticketKey(work.row.source, work.row.ticket);
      const timeline = (timelines.get(key) ?? work.waiting ?? []).map(({ event }) => event);
      const { row, due, schedule } = work;
      const outcome = this.attempt(work, failed, () =>
        foldFromStart(
          row,
          { events: timeline, surges: this.memory.surges.of(row.policy) },
          (work.waiting ?? []).map(({ event }) => event),
          standing.get(key) ?? [],
          schedule,
          this.foldedBy(row, due),
        ),
      );
      if (outcome === 'failed') continue;
      outcomes.push({ work, outcome });
      if (row.state !== null)
        this.observer.refolded(row.policyVersion === outcome.state.policyVersion ? 'evidence' : 'policy_version');
    }
  }

  /** Takes the outcomes of a round into memory. */
  private keep(outcomes: readonly { work: Work; outcome: TicketOutcome }[], offset: number): void {
    for (const { work, outcome } of outcomes) {
      const { row } = work;
      const key = ticketKey(row.source, row.ticket);
      // Of a ticket folded for the first time no clock is stored that could be wrong.
      const extent = row.state === null ? 'changed' : outcome.extent;
      const before = row.state;
      row.state = outcome.state;
      this.queueUp(work, before);
      this.link(row, before);
      row.policyVersion = outcome.state.policyVersion;
      row.settleMs = outcome.settleMs;
      row.scheme = outcome.scheme;
      row.foldedUpTo = outcome.horizon.eventsUpTo;
      row.duesBefore = outcome.horizon.duesBefore;
      row.foldedOffset = offset;
      row.wakeAt = earlier(outcome.wakeAt, this.missedBy(work, outcome));
      row.sealAt = outcome.sealAt;
      const instants = (work.waiting ?? []).map(({ event }) => event.occurredAt);
      row.lastEventAt = widened(row.firstEventAt, row.lastEventAt, instants).until;
      this.changed.add(row);
      if (work.waiting?.length === 0) this.memory.letPass(key);
      this.memory.keepPending(
        row,
        (work.waiting ?? []).filter(({ event }) => event.occurredAt > outcome.horizon.eventsUpTo),
      );
      this.memory.setWake(row);
      const span = widened(
        row.firstPublishedAt,
        row.lastPublishedAt,
        outcome.published.map(({ event }) => event.at),
      );
      row.firstPublishedAt = span.from;
      row.lastPublishedAt = span.until;
      const published = this.saidOf(row, outcome.published);
      this.trace(work, published);
      this.countRepeated(work, outcome);
      this.published.push({ ...publicationsOf(row), published });
      const { source, ticket, policy } = row;
      const left: ClocksOfTicket = { source, ticket, policy, clocks: outcome.clocks, extent };
      this.clocks.set(key, laterClocks(this.clocks.get(key), left));
    }
  }

  /** Notes the ticket's place in the queue where it is another than before. */
  private queueUp({ row, schedule }: Work, before: TicketState | null): void {
    const policy = orderingPolicy(schedule, this.memory.watermark?.at ?? 0);
    if (policy === undefined) return;
    const was = queuePlace(row, before, policy);
    const place = queuePlace(row, row.state, policy);
    if (was?.place === place?.place) return;
    const { source, ticket, policy: name } = row;
    this.places.set(ticketKey(source, ticket), { source, ticket, policy: name, place });
  }

  /** Notes the tickets that it is linked with where they are others than before. */
  private link({ source, ticket, state }: TicketRow, before: TicketState | null): void {
    const related = state === null ? [] : linkedBy(state);
    if (isDeepStrictEqual(related, before === null ? [] : linkedBy(before))) return;
    this.links.set(ticketKey(source, ticket), { source, ticket, related });
  }

  private missedBy({ schedule }: Work, { state, horizon }: TicketOutcome): Instant | null {
    return missedTakeover(schedule, state, horizon, this.memory.watermark?.at ?? horizon.eventsUpTo);
  }

  /** Of a ticket about which something is missing, everything said says so. */
  private saidOf(row: TicketRow, published: readonly Published[]): readonly Published[] {
    if (!this.memory.incomplete.has(ticketKey(row.source, row.ticket))) return published;
    return published.map(({ key, event }) => ({ key, event: { ...event, incomplete: true } }));
  }

  private trace({ waiting }: Work, published: readonly Published[]): void {
    for (const { event, traceparent } of waiting ?? []) {
      if (typeof traceparent !== 'string') continue;
      for (const { event: said } of published) if (said.cause === event.id) this.traces.set(said, traceparent);
    }
  }

  /** Counts new creations of a ticket that was there already; a fold from the start tells of the old ones too. */
  private countRepeated({ waiting }: Work, { createdAgain }: TicketOutcome): void {
    if (createdAgain.length === 0) return;
    const fresh = new Set((waiting ?? []).map(({ event }) => event.id));
    const times = createdAgain.filter((id) => fresh.has(id)).length;
    if (times > 0) this.unit.afterCommit(() => this.observer.createdAgain(times));
  }

  private async publish(): Promise<void> {
    const tickets = this.published;
    this.published = [];
    const events = tickets.flatMap(({ published }) => published.map(({ event }) => event));
    if (events.length === 0) return;
    await this.months.ensure(
      'sla_event',
      events.map(({ at }) => at),
    );
    const sql = await this.unit.transaction();
    // Written once for both: what is stored of an event is what goes out.
    const texts = events.map((event) => JSON.stringify(event));
    const { nextSeq } = this.memory;
    this.unit.sent(this.months.watch(appendPublished(sql, this.partition, nextSeq, tickets, texts)));
    this.unit.sent(addTotals(sql, this.partition, events));
    this.memory.nextSeq += events.length;
    this.unit.emit(events.map((event, place) => this.outgoing(event, texts[place])));
    // The events themselves are let go: very many may be said in one transaction.
    const kinds = events.map(({ type, correctedKind }) => ({ type, correctedKind }));
    this.unit.afterCommit(() => this.observer.published(kinds));
  }

  private outgoing(event: SlaEvent, text = JSON.stringify(event)) {
    const key = event.ticket === '' ? event.policy : `${event.source}/${event.ticket}`;
    const { partition } = this;
    return { topic: topics.sla, partition, key, value: event, text, ...traceHeaders(this.traces.get(event)) };
  }

  /** A ticket that cannot be folded stands aside with its events; everything else goes on. */
  private quarantine(work: Work, error: unknown, failed: Work[]): void {
    const { row } = work;
    const detail = error instanceof Error ? error.message : String(error);
    row.quarantined = detail.replaceAll('\u0000', '').slice(0, 500);
    failed.push(work);
    this.changed.add(row);
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
          headers: traceHeaders(last.traceparent).headers ?? {},
          appendedAt: 0,
        },
        { code: 'fold_failed', detail: row.quarantined, stage: 'sla-clock' },
      );
      this.unit.afterCommit(() => this.observer.deadLettered('fold_failed'));
    }
    this.unit.afterCommit(() => this.observer.quarantined(error, this.partition));
  }
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** Where in time lies what was published about a ticket. */
function publicationsOf({ source, ticket, firstPublishedAt, lastPublishedAt }: TicketRow): TicketSpan {
  return {
    source,
    ticket,
    from: firstPublishedAt ?? Number.MAX_SAFE_INTEGER,
    until: lastPublishedAt ?? Number.MIN_SAFE_INTEGER,
  };
}
