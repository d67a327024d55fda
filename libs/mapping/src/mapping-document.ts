import { ActorRole, ChangeKind, requestsMade, StatusCategory } from '@punctual/contracts';
import { z } from 'zod';

/** The mapping language as written in YAML (docs/import.md). `load-mapping` reads it, `map-row` runs it. */

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const scalars = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(scalar));

/** A text, or where a row has it. Written as a bare value, or as `{ column, map, else, none }`. */
const expression = {
  value: scalar.optional(),
  column: z.string().min(1).optional(),
  /** The column's values and what they mean; null means: nothing. */
  map: z.record(z.string(), scalar.nullable()).optional(),
  /** What a value that `map` lacks means; without it such a row is rejected. */
  else: scalar.nullable().optional(),
  /** Values that mean nothing, besides the empty text. */
  none: scalars.optional(),
};

const written = <T extends z.ZodObject<typeof expression>>(shape: T) =>
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? value : { value }),
    shape
      .refine((it) => (it.value === undefined) !== (it.column === undefined), {
        error: "a text, or an object with 'column' (and map, else, none)",
      })
      .refine((it) => it.else === undefined || it.map !== undefined, { error: "'else' goes with 'map'" }),
  );

const Expression = written(z.strictObject(expression));
export type Expression = z.infer<typeof Expression>;

/** One text or several: of a column that holds a list, or whose text is `split`. */
const ListExpression = written(z.strictObject({ ...expression, split: z.string().min(1).max(4).optional() }));
export type ListExpression = z.infer<typeof ListExpression>;

/** Tickets named as related, from one place or several; an empty list takes the links away. */
const Related = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(ListExpression).max(20, { error: 'an event names at most 20 related tickets' }),
);

/** `{ column: value | [values] | { not: value | [values] } | { differs: column } }`: all columns must agree. */
const Condition = z.record(
  z.string().min(1),
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { in: value }),
    z
      .strictObject({ in: scalars.optional(), not: scalars.optional(), differs: z.string().min(1).optional() })
      .refine((it) => [it.in, it.not, it.differs].filter((test) => test !== undefined).length === 1, {
        error: 'a value, a list of values, { not: … }, or { differs: another column }',
      }),
  ),
);
export type Condition = z.infer<typeof Condition>;

const Fields = z.record(z.string().max(100), Expression);

const creation = {
  customer: Expression.optional(),
  plan: Expression.optional(),
  tier: Expression.optional(),
  channel: Expression.optional(),
  product: Expression.optional(),
  stage: Expression.optional(),
  priority: Expression.optional(),
  subject: Expression.optional(),
  body: Expression.optional(),
  language: Expression.optional(),
  fields: Fields.optional(),
  related: Related.optional(),
};

const Assignment = z
  .strictObject({ when: Condition.optional(), person: Expression.optional(), team: Expression.optional() })
  .refine((it) => it.person !== undefined || it.team !== undefined, {
    error: "an assignment names 'person', 'team' or both",
  });

export type AssignmentColumns = z.infer<typeof Assignment>;

const Status = z.strictObject({ when: Condition.optional(), name: Expression, category: Expression });

const Message = z.strictObject({
  role: ActorRole.optional(),
  person: Expression.optional(),
  body: Expression.optional(),
  autoReply: z.boolean().optional(),
});

const StatusName = z.strictObject({ name: Expression.optional() });
const None = z.strictObject({});

/** What a row says happened; one key each. A bare word is the template with nothing to add. */
const Template = z.preprocess(
  (value) => (typeof value === 'string' ? { [value]: {} } : value),
  z
    .strictObject({
      create: None.optional(),
      reply: Message.optional(),
      message: Message.optional(),
      note: Message.optional(),
      assign: z.strictObject({ person: Expression.optional(), team: Expression.optional() }).optional(),
      status: z.strictObject({ name: Expression, category: Expression }).optional(),
      solve: StatusName.optional(),
      close: StatusName.optional(),
      reopen: StatusName.optional(),
      priority: z.strictObject({ to: Expression, kind: ChangeKind.optional() }).optional(),
      plan: z
        .strictObject({
          customer: creation.customer,
          plan: creation.plan,
          tier: creation.tier,
          kind: ChangeKind.optional(),
        })
        .optional(),
      fields: z
        .strictObject({
          channel: creation.channel,
          product: creation.product,
          stage: creation.stage,
          fields: Fields.optional(),
          related: creation.related,
          kind: ChangeKind.optional(),
        })
        .optional(),
      request: z
        .strictObject({
          kind: z.enum(requestsMade),
          priority: Expression.optional(),
          channel: Expression.optional(),
        })
        .optional(),
      merge: z.strictObject({ into: Expression, transfer: z.boolean().optional() }).optional(),
      delete: z.strictObject({ spam: z.boolean().optional() }).optional(),
      restore: None.optional(),
    })
    .refine((it) => Object.keys(it).length === 1, { error: 'one template each: start a new list item for the next' }),
);
export type Template = z.infer<typeof Template>;

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item));

const Rule = z
  .strictObject({
    when: Condition,
    emit: oneOrMore(Template).optional(),
    /** Why such rows say nothing about promises. */
    ignore: z.string().min(1).optional(),
  })
  .refine((it) => (it.emit === undefined) !== (it.ignore === undefined), { error: "a rule has 'emit' or 'ignore'" });

const version = z.literal(1, { error: 'the version of this language is 1: write `mapping: 1`' });
const source = z.string().min(1).max(200);
const policy = z.string().min(1).max(200).optional();

/** What a mapping of a table and one of records share. */
const rows = {
  mapping: version,
  policy,
  ticket: z.string().min(1),
  time: z.strictObject({
    column: z.string().min(1),
    format: z.string().min(1).default('iso'),
    zone: z.string().optional(),
  }),
  event: z.string().min(1).optional(),
  sequence: z.string().min(1).optional(),
  actor: z.strictObject({ role: Expression, id: Expression.optional() }).optional(),
  assignment: oneOrMore(Assignment).optional(),
  status: oneOrMore(Status).optional(),
  events: z.array(Rule).optional(),
  /** Rows that no rule of `events` names. Needed where there are rules. */
  otherwise: z.enum(['reject', 'ignore', 'columns-only']).default('reject'),
};

const created = {
  /** When it was created, where a column says so; in the row's time format. */
  at: z.string().min(1).optional(),
  origin: z.enum(['requester', 'on_behalf', 'outbound']).optional(),
  ...creation,
};

export const MappingDocument = z.strictObject({
  ...rows,
  format: z.literal('csv').optional(),
  source,
  file: z
    .strictObject({
      delimiter: z.string().min(1).max(4).default(','),
      quote: z.string().length(1).default('"'),
      encoding: z.enum(['utf-8', 'latin1']).default('utf-8'),
      /** Column names where the file has no header row. */
      header: z.array(z.string().min(1)).optional(),
    })
    .prefault({}),
  create: z.strictObject({ on: z.enum(['first-row', 'rule']).default('first-row'), ...created }).prefault({}),
});
export type MappingDocument = z.infer<typeof MappingDocument>;

/** A mapping of a stream's JSON records: columns are paths (record-columns.ts), and no record knows whether it is a ticket's first. */
export const RecordDocument = z.strictObject({
  ...rows,
  format: z.literal('json'),
  source: source.optional(),
  create: z
    .strictObject({
      on: z
        .literal('rule', { error: "a record does not know whether it is the first: write a rule with 'emit: create'" })
        .default('rule'),
      ...created,
    })
    .prefault({}),
});

/** A mapping of records that are CloudEvents in Punctual's own form: there is nothing to say about columns. */
export const CloudEventsDocument = z.strictObject({
  mapping: version,
  format: z.literal('cloudevents'),
  source: source.optional(),
  policy,
});

export const statusCategories = StatusCategory.options;
