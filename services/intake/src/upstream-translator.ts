import { ticketPartition, topics, type Instant, type TicketEvent } from '@punctual/contracts';
import { mapRecord, type RecordMapping } from '@punctual/mapping';
import type { Clock } from '@punctual/service-kit';
import {
  encodeUpstreamLetter,
  type DeadLetterFailure,
  type LetterPlace,
  type OutgoingRecord,
  type RawRecord,
  type Translated,
} from '@punctual/stream';
import { checkEvent } from './check-events.js';

/** What decides a ticket's policy, and whether there is one of that name. */
export interface UpstreamPolicies {
  isPublished(policy: string): Promise<boolean>;
  ofSource(source: string): Promise<string>;
}

export interface UpstreamTranslatorParts {
  readonly upstream: string;
  readonly mapping: RecordMapping;
  readonly policies: UpstreamPolicies;
  readonly clock: Clock;
  /** Of our own topics. */
  readonly partitions: number;
  /** What became of records: `events`, `ignored` or `dead_letter`. */
  readonly count: (result: 'events' | 'ignored' | 'dead_letter', records: number) => void;
  /** Notes that records were given up, before their dead letters are on the log. */
  readonly note: (givenUp: readonly GivenUp[]) => Promise<void>;
}

/** A record that was given up, and why. */
export interface GivenUp {
  readonly record: LetterPlace;
  readonly failure: DeadLetterFailure;
}

/** What became of one record. */
export interface TranslatedRecord {
  readonly outputs: readonly OutgoingRecord[];
  readonly result: 'events' | 'ignored' | 'dead_letter';
  /** The latest instant its events are dated; null where there are none. */
  readonly datedUpTo: Instant | null;
  /** Null unless it was given up. */
  readonly givenUp: GivenUp | null;
}

type Refused = { readonly code: string; readonly reason: string; readonly ticket: string | null };

/** Translates an upstream's records into records of `tickets.received`; what cannot be translated into dead letters beside it. */
export class UpstreamTranslator {
  constructor(private readonly parts: UpstreamTranslatorParts) {}

  /**
   * All of the records, in order. Their time is the latest instant of their events, but never later than the record's own: what is still
   * unread was written after it, and what is dated ahead says nothing about that.
   */
  async translate(records: readonly RawRecord[]): Promise<Translated> {
    const outputs: OutgoingRecord[] = [];
    const givenUp: GivenUp[] = [];
    let readUntil: Instant | null = null;
    for (const record of records) {
      const translated = await this.translateOne(record, 0);
      outputs.push(...translated.outputs);
      if (translated.givenUp !== null) givenUp.push(translated.givenUp);
      this.parts.count(translated.result, 1);
      if (translated.datedUpTo === null) continue;
      const time = Math.min(translated.datedUpTo, record.timestamp, this.parts.clock.now());
      readUntil = readUntil === null ? time : Math.max(readUntil, time);
    }
    if (givenUp.length > 0) await this.parts.note(givenUp);
    return { outputs, readUntil };
  }

  /** One record; `attempt` is how often it was given up before. All of its events are taken, or none. */
  async translateOne(record: RawRecord, attempt: number): Promise<TranslatedRecord> {
    const receivedAt = this.parts.clock.now();
    const outcome = mapSafely(this.parts.mapping, record, receivedAt);
    if (outcome.kind === 'ignored') return { outputs: [], result: 'ignored', datedUpTo: null, givenUp: null };
    if (outcome.kind === 'rejected') return this.refuse(record, attempt, outcome);
    const { events } = outcome;
    const refused = refusalOf(events, receivedAt) ?? (await this.unknownPolicy(events));
    if (refused !== null) return this.refuse(record, attempt, refused);
    const outputs = await Promise.all(events.map((event) => this.received(event)));
    const datedUpTo = events.length === 0 ? null : Math.max(...events.map((event) => event.occurredAt));
    return { outputs, result: events.length === 0 ? 'ignored' : 'events', datedUpTo, givenUp: null };
  }

  private async received(event: TicketEvent): Promise<OutgoingRecord> {
    const { mapping, policies, partitions } = this.parts;
    const named = event.type === 'ticket.created' ? event.data.policy : undefined;
    const policy = named ?? mapping.policy ?? (await policies.ofSource(event.source));
    return {
      topic: topics.received,
      partition: ticketPartition(event.source, event.ticket, partitions),
      key: `${event.source}/${event.ticket}`,
      value: { kind: 'event', event, policy },
    };
  }

  private async unknownPolicy(events: readonly TicketEvent[]): Promise<Refused | null> {
    for (const event of events) {
      const named = event.type === 'ticket.created' ? event.data.policy : undefined;
      if (named === undefined || (await this.parts.policies.isPublished(named))) continue;
      return { code: 'unknown_policy', reason: `no policy '${named.slice(0, 60)}' is published`, ticket: event.ticket };
    }
    return null;
  }

  private refuse(record: RawRecord, attempt: number, { code, reason, ticket }: Refused): TranslatedRecord {
    const { upstream, mapping, partitions } = this.parts;
    const partition =
      ticket === null ? record.partition % partitions : ticketPartition(mapping.source, ticket, partitions);
    const failure = { code, detail: reason, stage: 'intake' };
    const letter = encodeUpstreamLetter(record, { upstream, partition, attempt }, failure);
    return { outputs: [letter], result: 'dead_letter', datedUpTo: null, givenUp: { record, failure } };
  }
}

/** A bug that one record brings to light must not hold up the others. */
function mapSafely(mapping: RecordMapping, record: RawRecord, receivedAt: Instant) {
  try {
    return mapRecord(mapping, record, receivedAt);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'rejected' as const, code: 'mapping_failed', reason, ticket: null };
  }
}

function refusalOf(events: readonly TicketEvent[], receivedAt: Instant): Refused | null {
  for (const event of events) {
    const [problem] = checkEvent(event, receivedAt);
    if (problem !== undefined) return { code: problem.code, reason: problem.detail, ticket: event.ticket };
  }
  return null;
}
