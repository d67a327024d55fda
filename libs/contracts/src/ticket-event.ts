import { z } from 'zod';
import { InstantText, type Instant } from './instant.js';

/**
 * Ticket events: what a helpdesk says happened to a ticket. This is the format intake accepts (as CloudEvents), `tickets.received`
 * carries and the command line reads and writes as NDJSON. Adapters for helpdesks translate into it; nothing behind intake knows a vendor.
 */

const shortText = z.string().min(1).max(200);
const nullableShortText = z.string().min(1).max(200).nullable();

/** Who acted, judged per ticket: an employee's own ticket has a requester, not an agent (SLA-SEMANTICS §10). */
export const ActorRole = z.enum(['requester', 'participant', 'agent', 'bot', 'system']);
export type ActorRole = z.infer<typeof ActorRole>;

export const Actor = z.strictObject({
  role: ActorRole,
  /** An opaque id of the person; never a name or an address. */
  id: shortText.optional(),
});
export type Actor = z.infer<typeof Actor>;

/**
 * What a status means for clocks. `waiting_requester` ends when the requester writes; `waiting_other` (a vendor, a deployment) does not.
 * `solved` may be reopened; `closed` is final for a promise that was never answered.
 */
export const StatusCategory = z.enum(['open', 'waiting_requester', 'waiting_other', 'solved', 'closed']);
export type StatusCategory = z.infer<typeof StatusCategory>;

/** A status by the helpdesk's own name and by its meaning. A policy may name statuses in its pause rules by either. */
export const TicketStatus = z.strictObject({ name: shortText, category: StatusCategory });
export type TicketStatus = z.infer<typeof TicketStatus>;

/** A person, a team, both or neither. A person's id is opaque. */
export const Assignment = z.strictObject({
  person: nullableShortText.default(null),
  team: nullableShortText.default(null),
});
export type Assignment = z.infer<typeof Assignment>;

/** Form fields: what the requester or an agent chose. Free text belongs in `subject` and `body`. */
export const TicketFields = z.record(
  z.string().max(100),
  z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]),
);
export type TicketFields = z.infer<typeof TicketFields>;

/** Attributes by which a policy decides coverage and promises. */
const attributes = {
  customer: nullableShortText.optional(),
  plan: nullableShortText.optional(),
  tier: nullableShortText.optional(),
  channel: nullableShortText.optional(),
  product: nullableShortText.optional(),
  stage: nullableShortText.optional(),
};

/** Whether a change was wrong from the start (effective from creation) or happened at its instant (SLA-SEMANTICS §5). */
export const ChangeKind = z.enum(['correction', 'change']);
export type ChangeKind = z.infer<typeof ChangeKind>;

/**
 * Which cycle of a promise a waiver concerns: by number, or by the id of the breach's SLA event. With neither: the latest that has begun
 * when the waiver is granted.
 */
const waivedCycle = {
  promise: shortText,
  cycle: z.int().min(1).optional(),
  breach: shortText.optional(),
};

/**
 * Other tickets of the same source that this one may have to do with, by id: each is shown on both tickets, and no clock depends on it. A
 * list replaces the one before; an empty one takes the links away.
 */
const related = z.array(shortText).max(20).optional();

/**
 * Which escalation an answer concerns: by the id of its SLA event, or by the id of the event that asked for it. With neither: the latest that
 * was raised before.
 */
const answeredEscalation = {
  escalation: shortText.optional(),
  request: shortText.optional(),
};

/** What is put at an escalation's disposal beside what was there: a person by opaque id or a team by name, and for what. */
export const AdditionalResource = z.strictObject({ who: shortText, what: z.string().min(1).max(200).optional() });
export type AdditionalResource = z.infer<typeof AdditionalResource>;

const text = {
  subject: z.string().max(2_000).optional(),
  body: z.string().max(200_000).optional(),
  /** BCP 47 language of the text, where the helpdesk knows it. */
  language: z.string().max(35).optional(),
};

const common = {
  /** Any event may claim when its ticket was created; the smallest claim is the creation. */
  ticket: z.strictObject({ createdAt: InstantText.optional() }).optional(),
  actor: Actor.optional(),
};

function namesOneEscalation(answer: {
  readonly escalation?: string | undefined;
  readonly request?: string | undefined;
}) {
  return answer.escalation === undefined || answer.request === undefined;
}

/** What a customer may ask for on a ticket. A `concern` is a worry about the service itself: the step before an escalation. */
export const requestsMade = ['update', 'elevation', 'concern', 'escalation'] as const;

export const ticketEventData = {
  'ticket.created': z.strictObject({
    ...common,
    ...text,
    ...attributes,
    /** `requester` wrote it; `on_behalf`: an agent for a requester; `outbound`: an agent wrote first. */
    origin: z.enum(['requester', 'on_behalf', 'outbound']).default('requester'),
    /** The policy that judges this ticket; without it, the source's own. */
    policy: shortText.optional(),
    /** The priority the requester chose, by any name or alias of the policy. */
    priority: shortText.optional(),
    status: TicketStatus.optional(),
    assignee: Assignment.optional(),
    fields: TicketFields.optional(),
    related,
  }),
  'ticket.message.added': z.strictObject({
    ...common,
    actor: Actor,
    visibility: z.enum(['public', 'internal']).default('public'),
    /** An out-of-office answer or another automatic reply. */
    autoReply: z.boolean().default(false),
    body: text.body,
    language: text.language,
  }),
  'ticket.status.changed': z.strictObject({ ...common, status: TicketStatus }),
  'ticket.priority.changed': z.strictObject({
    ...common,
    priority: shortText,
    kind: ChangeKind.optional(),
    reason: z.string().max(500).optional(),
  }),
  'ticket.assignment.changed': z.strictObject({ ...common, assignee: Assignment }),
  'ticket.plan.changed': z.strictObject({
    ...common,
    customer: attributes.customer,
    plan: attributes.plan,
    tier: attributes.tier,
    kind: ChangeKind.default('change'),
  }),
  'ticket.fields.changed': z.strictObject({
    ...common,
    subject: text.subject,
    body: text.body,
    language: text.language,
    channel: attributes.channel,
    product: attributes.product,
    stage: attributes.stage,
    fields: TicketFields.optional(),
    related,
    kind: ChangeKind.default('change'),
  }),
  'ticket.request.made': z.strictObject({
    ...common,
    request: z.enum(requestsMade),
    /** The priority asked for, in an elevation. */
    priority: shortText.optional(),
    channel: attributes.channel,
    /** What the policy requires to be supplied, by its own names. */
    supplied: z.record(z.string().max(100), z.string().max(2_000)).optional(),
  }),
  /** Takes a breach out of attainment without deleting it (SLA-SEMANTICS §11). One granted before the breach holds too. */
  'ticket.waiver.granted': z
    .strictObject({ ...common, actor: Actor, ...waivedCycle, reason: z.string().min(1).max(500) })
    .refine(({ cycle, breach }) => cycle === undefined || breach === undefined, {
      path: ['breach'],
      error: 'name the cycle or the breach, not both',
    }),
  /** Ends the waiver that the event `waiver` granted. */
  'ticket.waiver.withdrawn': z.strictObject({
    ...common,
    actor: Actor,
    waiver: shortText,
    reason: z.string().min(1).max(500).optional(),
  }),
  /** A person takes up an escalation (SLA-SEMANTICS §7). */
  'ticket.escalation.acknowledged': z
    .strictObject({ ...common, actor: Actor, ...answeredEscalation, reason: z.string().min(1).max(500).optional() })
    .refine(namesOneEscalation, { path: ['request'], error: 'name the escalation or the request, not both' }),
  /** An escalation is settled: which additional resources were named for it, or how else. */
  'ticket.escalation.resolved': z
    .strictObject({
      ...common,
      actor: Actor,
      ...answeredEscalation,
      resources: z.array(AdditionalResource).min(1).max(20).optional(),
      reason: z.string().min(1).max(500).optional(),
    })
    .refine(namesOneEscalation, { path: ['request'], error: 'name the escalation or the request, not both' })
    .refine(({ resources, reason }) => resources !== undefined || reason !== undefined, {
      path: ['reason'],
      error: 'say how: name the additional resources, or the reason',
    }),
  /** A person takes the ticket before its turn in the queue, and says why. No clock depends on it. */
  'ticket.queue.deviated': z.strictObject({ ...common, actor: Actor, reason: z.string().min(1).max(500) }),
  /** The ticket goes back to its turn. */
  'ticket.queue.restored': z.strictObject({ ...common, actor: Actor, reason: z.string().min(1).max(500).optional() }),
  'ticket.merged': z.strictObject({
    ...common,
    into: shortText,
    /** Moved to another system or project rather than folded into another ticket. */
    transfer: z.boolean().default(false),
  }),
  'ticket.deleted': z.strictObject({ ...common, spam: z.boolean().default(false) }),
  'ticket.restored': z.strictObject({ ...common }),
} as const;

export type TicketEventType = keyof typeof ticketEventData;
export const ticketEventTypes = Object.keys(ticketEventData) as TicketEventType[];
export type TicketEventData<T extends TicketEventType = TicketEventType> = z.infer<(typeof ticketEventData)[T]>;

/**
 * The order of kinds at one instant (SLA-SEMANTICS §1): created 0, priority, plan and fields 1, assignment 2, requester message 3,
 * agent message 4, status 5, merge, delete and restore 6. A request is a requester's message in kind; a waiver is a 1, and its withdrawal
 * a 2, so that at one instant it finds what it ends. An escalation is acknowledged as by an agent's message, and resolved after that.
 */
export function kindRank(event: Pick<TicketEvent, 'type' | 'data'>): number {
  switch (event.type) {
    case 'ticket.created':
      return 0;
    case 'ticket.priority.changed':
    case 'ticket.plan.changed':
    case 'ticket.fields.changed':
    case 'ticket.waiver.granted':
    case 'ticket.queue.deviated':
      return 1;
    case 'ticket.assignment.changed':
    case 'ticket.waiver.withdrawn':
    case 'ticket.queue.restored':
      return 2;
    case 'ticket.message.added':
      return event.data.actor?.role === 'requester' || event.data.actor?.role === 'participant' ? 3 : 4;
    case 'ticket.request.made':
      return 3;
    case 'ticket.escalation.acknowledged':
      return 4;
    case 'ticket.status.changed':
    case 'ticket.escalation.resolved':
      return 5;
    case 'ticket.merged':
    case 'ticket.deleted':
    case 'ticket.restored':
      return 6;
  }
}

/**
 * What a message of the requester's asks for, as its text was read: no sender says it. Whether it is taken for a request, the policy says.
 */
export interface AskedInText {
  readonly request: 'update' | 'elevation' | 'escalation';
  /** The priorities an elevation names, by the names most policies know. */
  readonly priorities: readonly string[];
  /** 0..1. */
  readonly confidence: number;
  /** The words by which it was recognised, as the lexicon has them: never the text's own. */
  readonly cue: string;
}

interface EventHeader {
  /** The vendor's id of the comment, audit or changelog entry: never of a delivery. Unique per source and ticket. */
  readonly id: string;
  /** The helpdesk this ticket lives in, such as `zendesk-acme`. */
  readonly source: string;
  /** The ticket's id in its source. */
  readonly ticket: string;
  /** When it happened by the helpdesk's clock, epoch ms. */
  readonly occurredAt: Instant;
  /** When Punctual received it, epoch ms; null offline. */
  readonly receivedAt: Instant | null;
  /** The source's own order within an instant; −1 where it has none. */
  readonly sequence: number;
  /** Behind the classifier, of a message that asks for something. */
  readonly asks?: AskedInText;
}

export type TicketEvent = {
  [T in TicketEventType]: EventHeader & { readonly type: T; readonly data: z.infer<(typeof ticketEventData)[T]> };
}[TicketEventType];

/**
 * Total order of a ticket's events: instant, source sequence, kind, event id (SLA-SEMANTICS §1).
 * The id is compared by UTF-16 code units, so the order is the same on every machine.
 */
export function compareTicketEvents(a: TicketEvent, b: TicketEvent): number {
  return (
    a.occurredAt - b.occurredAt ||
    a.sequence - b.sequence ||
    kindRank(a) - kindRank(b) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Stands for what was supplied with a request where its text does not travel. */
const SUPPLIED = 'supplied';

/**
 * The same event without any text a person wrote: what travels behind the classifier. Of what was supplied with a request the names are
 * left; a name with nothing behind it supplies nothing and goes.
 */
export function withoutText(event: TicketEvent): TicketEvent {
  const { subject: _subject, body: _body, ...data } = event.data as Record<string, unknown>;
  if (event.type === 'ticket.request.made' && event.data.supplied) {
    const supplied = Object.entries(event.data.supplied).filter(([, text]) => text.trim() !== '');
    data['supplied'] = Object.fromEntries(supplied.map(([name]) => [name, SUPPLIED]));
  }
  return { ...event, data } as TicketEvent;
}
