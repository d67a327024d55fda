import { parseCloudEvent, toCloudEvent, type Instant, type TicketEvent } from '@punctual/contracts';
import type { Mapping } from './load-mapping.js';
import { itemsOf } from './listed-text.js';
import type { AssignmentColumns, Condition, Expression, ListExpression, MappingDocument } from './mapping-document.js';
import { RowEvents } from './row-events.js';
import type { TicketMemory } from './ticket-memory.js';

/** A row by column name. Columns that are absent count as empty; of an assignment none of whose columns is there, a record says nothing. */
export type Row = Readonly<Record<string, string>>;

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
  const sequence = memory.rows;
  const outcome = eventsOfRow(mapping, row, ticket, { memory, place: `${ticket}/${memory.rows}`, sequence });
  if (outcome.kind === 'events') return { ...outcome, ticket };
  return { ...outcome, ticket, memory: seen };
}

/** Where a row stands, and what is known of its ticket. */
export interface RowPlace {
  /** Null: nothing is remembered, and everything a row says is said. */
  readonly memory: TicketMemory | null;
  /** What the ids of the row's events begin with, where no column holds an id. */
  readonly place: string;
  /** The order of rows of one instant, where no column holds one. */
  readonly sequence: number;
}

export type EventsOfRow =
  | { readonly kind: 'events'; readonly events: readonly TicketEvent[]; readonly memory: TicketMemory }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly code: RejectCode; readonly reason: string };

/** What a row says of its ticket, whether or not anything is remembered of it. */
export function eventsOfRow(mapping: Mapping, row: Row, ticket: string, place: RowPlace): EventsOfRow {
  try {
    return mapTicketRow(mapping, row, ticket, place);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { kind: 'rejected', code: error.code, reason: error.message };
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

function mapTicketRow(mapping: Mapping, row: Row, ticket: string, place: RowPlace): EventsOfRow {
  const { document } = mapping;
  const { memory } = place;
  const rule = document.events?.find(({ when }) => matches(when, row));
  const ignored =
    rule?.ignore ?? (rule || !document.events || document.otherwise !== 'ignore' ? null : 'no rule names it');
  if (ignored !== null) return { kind: 'ignored', reason: ignored };
  if (!rule && document.events && document.otherwise === 'reject') throw unmatched(document, row);

  const at = timeIn(mapping, row, document.time.column);
  const read = (expression: Expression | undefined): string | null => evaluate(expression, row);
  const readList = (related: readonly ListExpression[] | undefined): readonly string[] | null =>
    evaluateList(related, row);
  const ownId = document.event ? (row[document.event] ?? '').trim() || null : null;
  const createdAt =
    document.create.at && row[document.create.at]?.trim() ? timeIn(mapping, row, document.create.at) : null;
  // A record read once more may stand elsewhere in its topic, and an id of its own must then mean the same content.
  const sequence = memory === null && ownId !== null ? -1 : place.sequence;
  const events = new RowEvents({
    source: document.source,
    ticket,
    idPrefix: ownId ?? place.place,
    sequence: document.sequence ? sequenceIn(row, document.sequence) : sequence,
    at,
    createdAt: memory === null ? createdAt : null,
    actor: actorOf(document, row),
    memory,
    read,
    readList,
  });
  const templates = rule?.emit ?? [];
  const creates = templates.some((template) => template.create) || document.create.on === 'first-row';
  if (creates && !memory?.created) events.create(document.create, document.policy ?? null, createdAt ?? at);
  if (memory !== null && !events.created) {
    throw new Rejection('not_created', 'no earlier row created this ticket, and this one does not');
  }
  const assignment = document.assignment?.find(({ when }) => !when || matches(when, row));
  if (assignment && (memory !== null || isSaid(assignment, row))) events.assign(assignment);
  const status = document.status?.find(({ when }) => !when || matches(when, row));
  if (status) events.setStatus(read(status.name), read(status.category));
  for (const template of templates) events.apply(template);
  const finished = events.finish();
  for (const event of finished.events) check(event);
  return { kind: 'events', ...finished };
}

/** Whether a record has anything to say of an assignment: a change of something else may not mention it. */
function isSaid({ person, team }: AssignmentColumns, row: Row): boolean {
  return [person, team].some((it) => it !== undefined && (it.column === undefined || Object.hasOwn(row, it.column)));
}

function unmatched(document: MappingDocument, row: Row): Rejection {
  const columns = [...new Set((document.events ?? []).flatMap(({ when }) => Object.keys(when)))];
  const values = columns.map((column) => `${column}='${(row[column] ?? '').slice(0, 60)}'`).join(', ');
  return new Rejection('unmatched_row', `no rule of 'events' names ${values}`);
}

function matches(when: Condition, row: Row): boolean {
  return Object.entries(when).every(([column, test]) => {
    const value = (row[column] ?? '').trim();
    if (test.differs !== undefined) return value !== (row[test.differs] ?? '').trim();
    return test.in ? test.in.includes(value) : !test.not?.includes(value);
  });
}

/** The texts of all that say any, each once; null where none of them does. */
function evaluateList(related: readonly ListExpression[] | undefined, row: Row): readonly string[] | null {
  if (related === undefined) return null;
  const said = related.map((expression) => textsOf(expression, row));
  if (related.length > 0 && said.every((texts) => texts === null)) return null;
  return [...new Set(said.flatMap((texts) => texts ?? []))];
}

/** An empty text says nothing; a list that is empty says that there is none. */
function textsOf(expression: ListExpression, row: Row): readonly string[] | null {
  const { column, split } = expression;
  if (column === undefined) return expression.value ? [expression.value] : null;
  const text = row[column] ?? '';
  const list = itemsOf(text);
  if (list === null && text.trim() === '') return null;
  const texts = list ?? (split === undefined ? [text] : text.split(split));
  const meant = texts.flatMap((one) => meaningOf(expression, column, one.trim()) ?? []);
  return list === null && meant.length === 0 ? null : meant;
}

function evaluate(expression: Expression | undefined, row: Row): string | null {
  if (expression === undefined) return null;
  if (expression.column === undefined) return expression.value || null;
  return meaningOf(expression, expression.column, (row[expression.column] ?? '').trim());
}

function meaningOf(expression: Expression, column: string, value: string): string | null {
  if (expression.map && Object.hasOwn(expression.map, value)) return expression.map[value] ?? null;
  if (value === '' || expression.none?.includes(value)) return null;
  if (!expression.map) return value;
  if (expression.else !== undefined) return expression.else;
  throw new Rejection('unmapped_value', `'map' of column '${column}' lacks '${value.slice(0, 60)}'`);
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
