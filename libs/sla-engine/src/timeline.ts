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
  readonly attributeChanges: ReadonlyMap<string, Partial<AttributesState>>;
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

/** The attributes an event sets, by name; undefined leaves an attribute as it was. */
export function attributesSetBy(event: TicketEvent): Partial<AttributesState> {
  switch (event.type) {
    case 'ticket.created': {
      const { customer, plan, tier, channel, product, stage, fields } = event.data;
      return definedOnly({ customer, plan, tier, channel, product, stage, fields });
    }
    case 'ticket.plan.changed': {
      const { customer, plan, tier } = event.data;
      return definedOnly({ customer, plan, tier });
    }
    case 'ticket.fields.changed': {
      const { channel, product, stage, fields } = event.data;
      return definedOnly({ channel, product, stage, fields });
    }
    default:
      return {};
  }
}

export function mergeAttributes(base: AttributesState, patch: Partial<AttributesState>): AttributesState {
  return { ...base, ...patch, fields: patch.fields ? { ...base.fields, ...patch.fields } : base.fields };
}

function attributeTimeline(
  ordered: readonly TicketEvent[],
  created: TicketEvent | null,
): {
  initial: AttributesState;
  changes: Map<string, Partial<AttributesState>>;
  believedBefore: Map<string, AttributesState>;
} {
  let initial = created ? mergeAttributes(noAttributes, attributesSetBy(created)) : noAttributes;
  const changes = new Map<string, Partial<AttributesState>>();
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
function withoutOverridden(
  earlier: Partial<AttributesState>,
  correction: Partial<AttributesState>,
): Partial<AttributesState> {
  const kept = Object.entries(earlier).filter(([name]) => name === 'fields' || !(name in correction));
  const patch = Object.fromEntries(kept) as Partial<AttributesState>;
  if (!patch.fields || !correction.fields) return patch;
  const corrected = correction.fields;
  const fields = Object.fromEntries(Object.entries(patch.fields).filter(([name]) => !(name in corrected)));
  return { ...patch, fields };
}

function definedOnly(patch: {
  [Name in keyof AttributesState]?: AttributesState[Name] | undefined;
}): Partial<AttributesState> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
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
  let hash = 0x811c9dc5;
  const mix = (text: string): void => {
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  };
  const mixAll = (first: string, second: string, third: string): void => {
    mix(first);
    mix(' ');
    mix(second);
    mix(' ');
    mix(third);
    mix('\n');
  };
  for (const { decisionId, kind, priority } of priorities) mixAll(decisionId, kind, priority);
  for (const { eventId, kind, exclusion } of coverage) mixAll(eventId, kind, exclusion ?? '');
  return `${priorities.length}.${coverage.length}.${(hash >>> 0).toString(36)}`;
}
