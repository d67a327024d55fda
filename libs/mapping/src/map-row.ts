import { parseCloudEvent, toCloudEvent, type Instant, type TicketEvent } from '@punctual/contracts';
import type { Mapping } from './load-mapping.js';
import type { Condition, Expression, MappingDocument } from './mapping-document.js';
import { RowEvents } from './row-events.js';

/** A row by column name. Columns that are absent count as empty. */
export type Row = Readonly<Record<string, string>>;

/** What has to be known of a ticket's earlier rows: plain JSON, a few hundred bytes. */
export interface TicketMemory {
  /** Rows seen so far, of whatever outcome: the next row's place in its ticket. */
  readonly rows: number;
  readonly created: boolean;
  readonly status: { readonly name: string; readonly category: string } | null;
  readonly assignee: { readonly person: string | null; readonly team: string | null };
  readonly priority: string | null;
}

export const noMemory: TicketMemory = {
  rows: 0,
  created: false,
  status: null,
  assignee: { person: null, team: null },
  priority: null,
};

export type RowOutcome =
  | {
      readonly kind: 'events';
      readonly ticket: string;
      readonly events: readonly TicketEvent[];
      readonly memory: TicketMemory;
    }
  | { readonly kind: 'ignored'; readonly ticket: string; readonly reason: string; readonly memory: TicketMemory }
  /** `ticket` is null where the row names none; `memory` then stays what it was. */
  | {
      readonly kind: 'rejected';
      readonly ticket: string | null;
      readonly code: RejectCode;
      readonly reason: string;
      readonly memory: TicketMemory | null;
    };

export type RejectCode =
  | 'no_ticket'
  | 'unreadable_time'
  | 'unmapped_value'
  | 'unmatched_row'
  | 'not_created'
  | 'invalid_sequence'
  | 'invalid_event';

/** The ticket a row belongs to, or null where it names none. */
export function ticketOf(mapping: Mapping, row: Row): string | null {
  return row[mapping.document.ticket]?.trim() || null;
}

/**
 * What one row says, given what is remembered of its ticket. Pure: the same row and memory give the same events with the same ids.
 * Events of a row share its instant and its place; where they would be equal to what is already known, nothing is said.
 */
export function mapRow(mapping: Mapping, row: Row, memory: TicketMemory): RowOutcome {
  const ticket = ticketOf(mapping, row);
  if (ticket === null) {
    const reason = `column '${mapping.document.ticket}' is empty`;
    return { kind: 'rejected', ticket, code: 'no_ticket', reason, memory: null };
  }
  const seen = { ...memory, rows: memory.rows + 1 };
  try {
    return mapTicketRow(mapping, row, ticket, memory);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { kind: 'rejected', ticket, code: error.code, reason: error.message, memory: seen };
  }
}

/** Says why a row is of no use; it never leaves this module. */
class Rejection extends Error {
  constructor(
    readonly code: RejectCode,
    message: string,
  ) {
    super(message);
  }
}

function mapTicketRow(mapping: Mapping, row: Row, ticket: string, memory: TicketMemory): RowOutcome {
  const { document } = mapping;
  const rule = document.events?.find(({ when }) => matches(when, row));
  const ignored =
    rule?.ignore ?? (rule || !document.events || document.otherwise !== 'ignore' ? null : 'no rule names it');
  if (ignored !== null)
    return { kind: 'ignored', ticket, reason: ignored, memory: { ...memory, rows: memory.rows + 1 } };
  if (!rule && document.events && document.otherwise === 'reject') throw unmatched(document, row);

  const at = timeIn(mapping, row, document.time.column);
  const read = (expression: Expression | undefined): string | null => evaluate(expression, row);
  const events = new RowEvents({
    source: document.source,
    ticket,
    idPrefix: document.event ? (row[document.event] ?? '').trim() || null : null,
    place: memory.rows,
    sequence: document.sequence ? sequenceIn(row, document.sequence) : memory.rows,
    at,
    actor: actorOf(document, row),
    memory,
    read,
  });
  const templates = rule?.emit ?? [];
  const creates = templates.some((template) => template.create) || document.create.on === 'first-row';
  if (creates && !memory.created) {
    const { create } = document;
    const createdAt = create.at && row[create.at]?.trim() ? timeIn(mapping, row, create.at) : at;
    events.create(create, document.policy ?? null, createdAt);
  }
  if (!events.created) {
    throw new Rejection('not_created', 'no earlier row created this ticket, and this one does not');
  }
  const assignment = document.assignment?.find(({ when }) => !when || matches(when, row));
  if (assignment) events.assign(assignment);
  const status = document.status?.find(({ when }) => !when || matches(when, row));
  if (status) events.setStatus(read(status.name), read(status.category));
  for (const template of templates) events.apply(template);
  const finished = events.finish();
  for (const event of finished.events) check(event);
  return { kind: 'events', ticket, ...finished };
}

function unmatched(document: MappingDocument, row: Row): Rejection {
  const columns = [...new Set((document.events ?? []).flatMap(({ when }) => Object.keys(when)))];
  const values = columns.map((column) => `${column}='${(row[column] ?? '').slice(0, 60)}'`).join(', ');
  return new Rejection('unmatched_row', `no rule of 'events' names ${values}`);
}

function matches(when: Condition, row: Row): boolean {
  return Object.entries(when).every(([column, test]) => {
    const value = (row[column] ?? '').trim();
    return test.in ? test.in.includes(value) : !test.not?.includes(value);
  });
}

function evaluate(expression: Expression | undefined, row: Row): string | null {
  if (expression === undefined) return null;
  if (expression.column === undefined) return expression.value || null;
  const value = (row[expression.column] ?? '').trim();
  if (expression.map && Object.hasOwn(expression.map, value)) return expression.map[value] ?? null;
  if (value === '' || expression.none?.includes(value)) return null;
  if (!expression.map) return value;
  if (expression.else !== undefined) return expression.else;
  throw new Rejection('unmapped_value', `'map' of column '${expression.column}' lacks '${value.slice(0, 60)}'`);
}

function timeIn(mapping: Mapping, row: Row, column: string): Instant {
  const text = (row[column] ?? '').trim();
  const at = mapping.readTime(text);
  if (at !== null) return at;
  const { format, zone } = mapping.document.time;
  const meant = zone === undefined ? format : `${format} in ${zone}`;
  throw new Rejection(
    'unreadable_time',
    `column '${column}' is '${text.slice(0, 40)}', which is not a time in the format ${meant}`,
  );
}

function sequenceIn(row: Row, column: string): number {
  const text = (row[column] ?? '').trim();
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Rejection('invalid_sequence', `column '${column}' is '${text.slice(0, 40)}', not a whole number`);
}

const roles = new Set(['requester', 'participant', 'agent', 'bot', 'system']);

function actorOf({ actor }: MappingDocument, row: Row): { role: string; id?: string } | null {
  if (!actor) return null;
  const role = evaluate(actor.role, row);
  if (role === null) return null;
  if (!roles.has(role))
    throw new Rejection('unmapped_value', `'${role.slice(0, 60)}' is not a role: ${[...roles].join(', ')}`);
  const id = evaluate(actor.id, row);
  return id === null ? { role } : { role, id };
}

/** What is written must be readable by everything that reads events, so it is read once here. */
function check(event: TicketEvent): void {
  const parsed = parseCloudEvent(toCloudEvent(event), null);
  if ('event' in parsed) return;
  const [first] = parsed.problems;
  throw new Rejection('invalid_event', `${event.type}${first ? ` ${first.path}: ${first.detail}` : ''}`);
}
