import type { Instant, TicketEvent, TicketEventType } from '@punctual/contracts';
import { noMemory, type TicketMemory } from './ticket-memory.js';
import type { Expression, ListExpression, MappingDocument, Template } from './mapping-document.js';

export interface RowContext {
  readonly source: string;
  readonly ticket: string;
  /** What the ids of the row's events begin with. */
  readonly idPrefix: string;
  /** -1: none. */
  readonly sequence: number;
  readonly at: Instant;
  readonly actor: { readonly role: string; readonly id?: string } | null;
  /** Claimed by every event but the creation itself; null: no claim. */
  readonly createdAt: Instant | null;
  /** Null: nothing is remembered. */
  readonly memory: TicketMemory | null;
  read(expression: Expression | undefined): string | null;
  /** Null: nothing is said of it. */
  readList(related: readonly ListExpression[] | undefined): readonly string[] | null;
}

const creationTexts = [
  'customer',
  'plan',
  'tier',
  'channel',
  'product',
  'stage',
  'priority',
  'subject',
  'body',
  'language',
] as const;

const statusDefaults = {
  solve: { name: 'solved', category: 'solved' },
  close: { name: 'closed', category: 'closed' },
  reopen: { name: 'open', category: 'open' },
} as const;

/**
 * Gathers the events of one row. What the row that creates a ticket says of its status, assignment and priority goes into the
 * creation; afterwards only what differs from what is known is said.
 */
export class RowEvents {
  readonly #context: RowContext;
  readonly #events: TicketEvent[] = [];
  readonly #kinds = new Map<string, number>();
  #memory: TicketMemory;
  /** Null while it is not known. */
  #assignee: TicketMemory['assignee'] | null;
  /** The data of a creation at this row's own instant, still open to additions. */
  #creation: Record<string, unknown> | null = null;

  constructor(context: RowContext) {
    this.#context = context;
    const memory = context.memory ?? noMemory;
    this.#memory = { ...memory, rows: memory.rows + 1 };
    this.#assignee = context.memory === null ? null : memory.assignee;
  }

  get created(): boolean {
    return this.#memory.created;
  }

  create(create: MappingDocument['create'], policy: string | null, createdAt: Instant): void {
    const { read, at } = this.#context;
    const { origin, fields } = create;
    const related = this.#context.readList(create.related) ?? [];
    const data: Record<string, unknown> = { origin: origin ?? 'requester', ...(policy === null ? {} : { policy }) };
    for (const name of creationTexts) {
      const value = read(create[name]);
      if (value !== null) data[name] = value;
    }
    if (fields) data['fields'] = this.#readTexts(fields);
    if (related.length > 0) data['related'] = related;
    this.#memory = { ...this.#memory, created: true, priority: read(create.priority) };
    this.#push('ticket.created', 'created', data, createdAt);
    if (createdAt === at) this.#creation = data;
  }

  assign(assignment: { readonly person?: Expression | undefined; readonly team?: Expression | undefined }): void {
    const { read } = this.#context;
    const assignee = { person: read(assignment.person), team: read(assignment.team) };
    const known = this.#assignee;
    if (assignee.person === known?.person && assignee.team === known.team) return;
    this.#assignee = assignee;
    this.#memory = { ...this.#memory, assignee };
    if (this.#creation) this.#creation['assignee'] = assignee;
    else this.#push('ticket.assignment.changed', 'assignment', this.#acted({ assignee }));
  }

  /** A status whose name or category is null says nothing. */
  setStatus(name: string | null, category: string | null): void {
    if (name === null || category === null) return;
    const known = this.#memory.status;
    if (known?.name === name && known.category === category) return;
    const status = { name, category };
    this.#memory = { ...this.#memory, status };
    if (this.#creation) this.#creation['status'] = status;
    else this.#push('ticket.status.changed', 'status', this.#acted({ status }));
  }

  apply(template: Template): void {
    const { read } = this.#context;
    if (template.assign) this.assign(template.assign);
    if (template.status) this.setStatus(read(template.status.name), read(template.status.category));
    for (const word of ['solve', 'close', 'reopen'] as const) {
      const written = template[word];
      const usual = statusDefaults[word];
      if (written) this.setStatus(read(written.name) ?? usual.name, usual.category);
    }
    if (template.priority) this.#setPriority(read(template.priority.to), template.priority.kind);
    this.#applyMessage(template);
    this.#applyAttributes(template);
    this.#applyEnding(template);
  }

  finish(): { readonly events: readonly TicketEvent[]; readonly memory: TicketMemory } {
    return { events: this.#events, memory: this.#memory };
  }

  #setPriority(priority: string | null, kind: 'correction' | 'change' | undefined): void {
    if (priority === null || priority === this.#memory.priority) return;
    this.#memory = { ...this.#memory, priority };
    if (this.#creation) this.#creation['priority'] = priority;
    else this.#push('ticket.priority.changed', 'priority', this.#acted({ priority, ...(kind ? { kind } : {}) }));
  }

  #applyMessage({ reply, message, note }: Template): void {
    const written = reply ?? message ?? note;
    if (!written) return;
    const { read, actor } = this.#context;
    const role = written.role ?? (message ? (actor?.role ?? 'requester') : actor?.role === 'bot' ? 'bot' : 'agent');
    const id = read(written.person) ?? actor?.id;
    const body = read(written.body);
    this.#push('ticket.message.added', note ? 'note' : 'message', {
      actor: id === undefined ? { role } : { role, id },
      visibility: note ? 'internal' : 'public',
      autoReply: written.autoReply ?? false,
      ...(body === null ? {} : { body }),
    });
  }

  #applyAttributes({ plan, fields, request }: Template): void {
    const { read } = this.#context;
    if (plan) {
      const { kind, ...texts } = plan;
      this.#push('ticket.plan.changed', 'plan', this.#acted({ ...this.#readTexts(texts), kind: kind ?? 'change' }));
    }
    if (fields) {
      const { kind, fields: form, related: written, ...texts } = fields;
      const related = this.#context.readList(written);
      const data = {
        ...this.#readTexts(texts),
        ...(form ? { fields: this.#readTexts(form) } : {}),
        ...(related === null ? {} : { related }),
      };
      // A row that was to name related tickets and names none says nothing.
      if (written === undefined || Object.keys(data).length > 0) {
        this.#push('ticket.fields.changed', 'fields', this.#acted({ ...data, kind: kind ?? 'change' }));
      }
    }
    if (request) {
      const priority = read(request.priority);
      const channel = read(request.channel);
      this.#push(
        'ticket.request.made',
        'request',
        this.#acted({
          request: request.kind,
          ...(priority === null ? {} : { priority }),
          ...(channel === null ? {} : { channel }),
        }),
      );
    }
  }

  #applyEnding(template: Template): void {
    const { read } = this.#context;
    if (template.merge) {
      const into = read(template.merge.into);
      if (into !== null)
        this.#push('ticket.merged', 'merged', this.#acted({ into, transfer: template.merge.transfer ?? false }));
    }
    if (template.delete) this.#push('ticket.deleted', 'deleted', this.#acted({ spam: template.delete.spam ?? false }));
    if (template.restore) this.#push('ticket.restored', 'restored', this.#acted({}));
  }

  #readTexts(texts: Readonly<Record<string, Expression | undefined>>): Record<string, string | null> {
    const written = Object.entries(texts).filter(([, expression]) => expression !== undefined);
    return Object.fromEntries(written.map(([name, expression]) => [name, this.#context.read(expression)]));
  }

  #acted(data: Record<string, unknown>): Record<string, unknown> {
    return this.#context.actor ? { actor: this.#context.actor, ...data } : data;
  }

  /**
   * Ids are told from the row's place in its ticket (or its own id) and what the event is, never from the file: importing again, or a
   * longer file, gives the same ids.
   */
  #push(type: TicketEventType, kind: string, data: Record<string, unknown>, occurredAt = this.#context.at): void {
    const { source, ticket, idPrefix, sequence, createdAt } = this.#context;
    const nth = (this.#kinds.get(kind) ?? 0) + 1;
    this.#kinds.set(kind, nth);
    const id = `${idPrefix}/${kind}${nth > 1 ? `-${nth}` : ''}`;
    if (createdAt !== null && type !== 'ticket.created') data['ticket'] = { createdAt };
    this.#events.push({ id, source, ticket, type, occurredAt, receivedAt: null, sequence, data } as TicketEvent);
  }
}
