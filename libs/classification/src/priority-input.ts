import {
  kindRank,
  type ActorRole,
  type ChangeKind,
  type Instant,
  type TicketEvent,
  type TicketFields,
} from '@punctual/contracts';
import { readTicketText } from './extract-facts.js';
import type { Signal } from './facts.js';

/** A ticket's attributes without its fields; absent: not said by this event, null: said to be none. */
export type AttributeChange = Readonly<
  Partial<Record<'customer' | 'plan' | 'tier' | 'channel' | 'product' | 'stage', string | null>>
>;

interface InputHeader {
  readonly source: string;
  readonly ticket: string;
  /** With `occurredAt`, `sequence` and `kindRank` the event's place in the ticket's order. */
  readonly id: string;
  readonly occurredAt: Instant;
  readonly sequence: number;
  readonly kindRank: number;
}

/**
 * What is kept of an event that can matter for a ticket's priority: instead of its text, what the text says. A value of plain JSON,
 * so that it can be stored and compared.
 */
export type PriorityInput = InputHeader &
  (
    | {
        readonly type: 'ticket.created' | 'ticket.fields.changed' | 'ticket.plan.changed';
        /** Null on creation. */
        readonly kind: ChangeKind | null;
        readonly attributes: AttributeChange;
        /** Fields said by this event; null where it says none. They are laid over the earlier ones by name. */
        readonly fields: TicketFields | null;
        /** What the new subject or body says; null where the event leaves it as it was. */
        readonly subject: readonly Signal[] | null;
        readonly body: readonly Signal[] | null;
        /** The requester's choice at creation. */
        readonly requested: string | null;
      }
    | {
        readonly type: 'ticket.priority.changed';
        readonly kind: ChangeKind | null;
        readonly priority: string;
        readonly actor: ActorRole | null;
      }
  );

/** Reads an event once; null where it cannot matter for the priority: a later comment never re-classifies. */
export function toPriorityInput(event: TicketEvent): PriorityInput | null {
  const header: InputHeader = {
    source: event.source,
    ticket: event.ticket,
    id: event.id,
    occurredAt: event.occurredAt,
    sequence: event.sequence,
    kindRank: kindRank(event),
  };
  switch (event.type) {
    case 'ticket.created':
      return {
        ...header,
        type: event.type,
        kind: null,
        attributes: attributesOf(event.data),
        fields: event.data.fields ?? null,
        ...saidBy(event.data),
        requested: event.data.priority ?? null,
      };
    case 'ticket.fields.changed':
      return {
        ...header,
        type: event.type,
        kind: event.data.kind,
        attributes: attributesOf(event.data),
        fields: event.data.fields ?? null,
        ...saidBy(event.data),
        requested: null,
      };
    case 'ticket.plan.changed':
      return {
        ...header,
        type: event.type,
        kind: event.data.kind,
        attributes: attributesOf(event.data),
        fields: null,
        subject: null,
        body: null,
        requested: null,
      };
    case 'ticket.priority.changed':
      return {
        ...header,
        type: event.type,
        kind: event.data.kind ?? null,
        priority: event.data.priority,
        actor: event.data.actor?.role ?? null,
      };
    default:
      return null;
  }
}

const attributeNames = ['customer', 'plan', 'tier', 'channel', 'product', 'stage'] as const;

function attributesOf(
  data: AttributeChange | { readonly [name in keyof AttributeChange]?: string | null | undefined },
): AttributeChange {
  const said = attributeNames.map((name) => [name, data[name]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as AttributeChange;
}

function saidBy(data: { subject?: string | undefined; body?: string | undefined; language?: string | undefined }) {
  const read = readTicketText({ subject: data.subject ?? '', body: data.body ?? '', language: data.language ?? null });
  return {
    subject: data.subject === undefined ? null : read.subject,
    body: data.body === undefined ? null : read.body,
  };
}
