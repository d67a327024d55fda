import {
  kindRank,
  type CoverageDecision,
  type Instant,
  type PriorityDecision,
  type TicketEvent,
} from '@punctual/contracts';
import type { TicketHistory } from './engine-input.js';
import { compareKeys, type AttributesState, type EventKey } from './ticket-state.js';

/** A ticket's past as known at a horizon, brought into its true order, with corrections already moved to creation. */
export interface Timeline {
  /** In order; without the `ticket.created` event that made the ticket, whose content is in `creation`. */
  readonly events: readonly TicketEvent[];
  /** Null while nothing says when the ticket was created. */
  readonly creation: Creation | null;
  /** Attributes by the events that change them: what holds from that event on. */
  readonly attributeChanges: ReadonlyMap<string, AttributesPatch>;
  /** By the events that correct attributes: what was believed of the ticket until then. */
  readonly believedBefore: ReadonlyMap<string, AttributesState>;
  readonly decisions: DecisionTimeline;
}

export interface Creation {
  readonly at: Instant;
  /** The event, or null where only claims are known. */
  readonly event: Extract<TicketEvent, { type: 'ticket.created' }> | null;
  readonly attributes: AttributesState;
}

export interface DecisionTimeline {
  readonly initialPriority: string | null;
  readonly initialExclusion: string | null;
  /** What a decision sets from its event on; a correction is already in the initial values and only says so. */
  readonly priorities: ReadonlyMap<string, { readonly priority: string; readonly corrected: boolean }>;
  readonly exclusions: ReadonlyMap<string, { readonly exclusion: string | null }>;
  readonly digest: string;
}

export const noAttributes: AttributesState = {
  customer: null,
  plan: null,
  tier: null,
  channel: null,
  product: null,
  stage: null,
  fields: {},
};

export function eventKey(event: TicketEvent): EventKey {
  return [event.occurredAt, event.sequence, kindRank(event), event.id];
}

/** Orders what is dated up to and including `eventsUpTo`; a repeated id counts once. */
export function readTimeline(history: TicketHistory, eventsUpTo: Instant): Timeline {
  const ordered = orderedEvents(history.events, eventsUpTo);
  const created = ordered.find((event) => event.type === 'ticket.created') ?? null;
  const claims = ordered.flatMap((event) => event.data.ticket?.createdAt ?? []);
  if (created) claims.push(created.occurredAt);
  const { initial, changes, believedBefore } = attributeTimeline(ordered, created);
  return {
    events: created ? ordered.filter((event) => event !== created) : ordered,
    creation:
      claims.length === 0 ? null : { at: claims.reduce((a, b) => Math.min(a, b)), event: created, attributes: initial },
    attributeChanges: changes,
    believedBefore,
    decisions: decisionTimeline(history, eventsUpTo),
  };
}

/** A timeline as it was before its event at `index`, by the decisions of then; what else was corrected stays so. */
export function formerTimeline(timeline: Timeline, index: number, history: TicketHistory): Timeline {
  const events = timeline.events.slice(0, index);
  return { ...timeline, events, decisions: decisionTimeline(history, Infinity) };
}

export function orderedEvents(events: readonly TicketEvent[], eventsUpTo: Instant): readonly TicketEvent[] {
  const [only] = events;
  if (only && events.length === 1) return only.occurredAt <= eventsUpTo ? events : [];
  const byId = new Map<string, { event: TicketEvent; key: EventKey }>();
  for (const event of events) {
    if (event.occurredAt <= eventsUpTo && !byId.has(event.id)) byId.set(event.id, { event, key: eventKey(event) });
  }
  return [...byId.values()].sort((a, b) => compareKeys(a.key, b.key)).map(({ event }) => event);
}

/** Attributes by name; undefined leaves one as it was. */
export type AttributesPatch = { readonly [Name in keyof AttributesState]?: AttributesState[Name] | undefined };

/** The attributes an event sets. */
export function attributesSetBy(event: TicketEvent): AttributesPatch {
  switch (event.type) {
    case 'ticket.created': {
      const { customer, plan, tier, channel, product, stage, fields } = event.data;
      return { customer, plan, tier, channel, product, stage, fields };
    }
    case 'ticket.plan.changed': {
      const { customer, plan, tier } = event.data;
      return { customer, plan, tier };
    }
    case 'ticket.fields.changed': {
      const { channel, product, stage, fields } = event.data;
      return { channel, product, stage, fields };
    }
    default:
      return {};
  }
}

export function mergeAttributes(base: AttributesState, patch: AttributesPatch): AttributesState {
  return {
    customer: patch.customer === undefined ? base.customer : patch.customer,
    plan: patch.plan === undefined ? base.plan : patch.plan,
    tier: patch.tier === undefined ? base.tier : patch.tier,
    channel: patch.channel === undefined ? base.channel : patch.channel,
    product: patch.product === undefined ? base.product : patch.product,
    stage: patch.stage === undefined ? base.stage : patch.stage,
    fields: patch.fields === undefined ? base.fields : { ...base.fields, ...patch.fields },
  };
}

function attributeTimeline(
  ordered: readonly TicketEvent[],
  created: TicketEvent | null,
): {
  initial: AttributesState;
  changes: Map<string, AttributesPatch>;
  believedBefore: Map<string, AttributesState>;
} {
  let initial = created ? mergeAttributes(noAttributes, attributesSetBy(created)) : noAttributes;
  const changes = new Map<string, AttributesPatch>();
  const believedBefore = new Map<string, AttributesState>();
  for (const event of ordered) {
    if (event.type !== 'ticket.plan.changed' && event.type !== 'ticket.fields.changed') continue;
    const patch = attributesSetBy(event);
    if (event.data.kind === 'change') {
      changes.set(event.id, patch);
      continue;
    }
    believedBefore.set(event.id, [...changes.values()].reduce(mergeAttributes, initial));
    initial = mergeAttributes(initial, patch);
    for (const [id, earlier] of changes) changes.set(id, withoutOverridden(earlier, patch));
  }
  return { initial, changes, believedBefore };
}

/** A correction was true from the start, so it also replaces what earlier changes said of the same attributes. */
function withoutOverridden(earlier: AttributesPatch, correction: AttributesPatch): AttributesPatch {
  const replaced = new Set(Object.entries(correction).flatMap(([name, value]) => (value === undefined ? [] : [name])));
  const kept = Object.entries(earlier).filter(([name]) => name === 'fields' || !replaced.has(name));
  const patch = Object.fromEntries(kept) as AttributesPatch;
  if (!patch.fields || !correction.fields) return patch;
  const corrected = correction.fields;
  const fields = Object.fromEntries(Object.entries(patch.fields).filter(([name]) => !(name in corrected)));
  return { ...patch, fields };
}

function decisionTimeline(history: TicketHistory, eventsUpTo: Instant): DecisionTimeline {
  const known = history.priorityHistory.filter((decision) => decision.at <= eventsUpTo);
  const coverage = history.coverageHistory.filter((decision) => decision.at <= eventsUpTo);
  let initialPriority: string | null = null;
  const priorities = new Map<string, { priority: string; corrected: boolean }>();
  known.forEach((decision, index) => {
    if (decision.kind === 'correction') {
      initialPriority = decision.priority;
      for (const id of priorities.keys()) priorities.set(id, { priority: decision.priority, corrected: false });
      if (index > 0) priorities.set(decision.eventId, { priority: decision.priority, corrected: true });
    } else {
      priorities.set(decision.eventId, { priority: decision.priority, corrected: false });
    }
  });
  let initialExclusion: string | null = null;
  const exclusions = new Map<string, { exclusion: string | null }>();
  for (const { kind, exclusion, eventId } of coverage) {
    if (kind === 'correction') {
      initialExclusion = exclusion;
      exclusions.clear();
    } else {
      exclusions.set(eventId, { exclusion });
    }
  }
  return { initialPriority, initialExclusion, priorities, exclusions, digest: digestDecisions(known, coverage) };
}

/**
 * FNV-1a over the decisions and their count: tells in O(history) whether what was folded is a prefix unchanged. Histories hold a
 * handful of decisions, however old the ticket.
 */
export function digestDecisions(
  priorities: readonly PriorityDecision[],
  coverage: readonly CoverageDecision[],
): string {
  return `${priorities.length}.${coverage.length}.${hashOf(priorities, coverage).toString(36)}`;
}

/** Whether a digest is that of these decisions. Reads it: to write another costs several times as much, and every fold asks. */
export function isDigestOf(
  digest: string,
  priorities: readonly PriorityDecision[],
  coverage: readonly CoverageDecision[],
): boolean {
  const first = digest.indexOf('.');
  const second = digest.indexOf('.', first + 1);
  return (
    numberIn(digest, 0, first, 10) === priorities.length &&
    numberIn(digest, first + 1, second, 10) === coverage.length &&
    numberIn(digest, second + 1, digest.length, 36) === hashOf(priorities, coverage)
  );
}

/** The number that stands in a text from `from` up to `to`, in small letters. */
function numberIn(text: string, from: number, to: number, base: 10 | 36): number {
  let number = 0;
  for (let index = from; index < to; index++) {
    const unit = text.charCodeAt(index);
    number = number * base + (unit < LETTER_A ? unit - DIGIT_0 : unit - LETTER_A + 10);
  }
  return number;
}

const DIGIT_0 = 0x30;
const LETTER_A = 0x61;

function hashOf(priorities: readonly PriorityDecision[], coverage: readonly CoverageDecision[]): number {
  let hash = FNV_OFFSET;
  for (const { decisionId, kind, priority } of priorities) hash = mixLine(hash, decisionId, kind, priority);
  for (const { eventId, kind, exclusion } of coverage) hash = mixLine(hash, eventId, kind, exclusion ?? '');
  return hash >>> 0;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const SPACE = 0x20;
const LINE_FEED = 0x0a;

function mixLine(hash: number, first: string, second: string, third: string): number {
  const begun = mixUnit(mix(hash, first), SPACE);
  return mixUnit(mix(mixUnit(mix(begun, second), SPACE), third), LINE_FEED);
}

function mix(hash: number, text: string): number {
  let mixed = hash;
  for (let index = 0; index < text.length; index++) mixed = mixUnit(mixed, text.charCodeAt(index));
  return mixed;
}

function mixUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FNV_PRIME);
}
