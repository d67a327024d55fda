import { ActorRole, ChangeKind, StatusCategory } from '@punctual/contracts';
import { z } from 'zod';

/** The mapping language as written in YAML (docs/import.md). `load-mapping` reads it, `map-row` runs it. */

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const scalars = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(scalar));

/** A text, or where a row has it. Written as a bare value, or as `{ column, map, else, none }`. */
const Expression = z.preprocess(
  (value) => (typeof value === 'object' && value !== null ? value : { value }),
  z
    .strictObject({
      value: scalar.optional(),
      column: z.string().min(1).optional(),
      /** The column's values and what they mean; null means: nothing. */
      map: z.record(z.string(), scalar.nullable()).optional(),
      /** What a value that `map` lacks means; without it such a row is rejected. */
      else: scalar.nullable().optional(),
      /** Values that mean nothing, besides the empty text. */
      none: scalars.optional(),
    })
    .refine((it) => (it.value === undefined) !== (it.column === undefined), {
      error: "a text, or an object with 'column' (and map, else, none)",
    })
    .refine((it) => it.else === undefined || it.map !== undefined, { error: "'else' goes with 'map'" }),
);
export type Expression = z.infer<typeof Expression>;

/** `{ column: value | [values] | { not: value | [values] } }`: all columns must agree. */
const Condition = z.record(
  z.string().min(1),
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { in: value }),
    z
      .strictObject({ in: scalars.optional(), not: scalars.optional() })
      .refine((it) => (it.in === undefined) !== (it.not === undefined), {
        error: 'a value, a list of values, or { not: … }',
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
};

const Assignment = z
  .strictObject({ when: Condition.optional(), person: Expression.optional(), team: Expression.optional() })
  .refine((it) => it.person !== undefined || it.team !== undefined, {
    error: "an assignment names 'person', 'team' or both",
  });

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
          kind: ChangeKind.optional(),
        })
        .optional(),
      request: z
        .strictObject({
          kind: z.enum(['update', 'elevation', 'escalation']),
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

export const MappingDocument = z.strictObject({
  mapping: z.literal(1, { error: 'the version of this language is 1: write `mapping: 1`' }),
  source: z.string().min(1).max(200),
  policy: z.string().min(1).max(200).optional(),
  file: z
    .strictObject({
      delimiter: z.string().min(1).max(4).default(','),
      quote: z.string().length(1).default('"'),
      encoding: z.enum(['utf-8', 'latin1']).default('utf-8'),
      /** Column names where the file has no header row. */
      header: z.array(z.string().min(1)).optional(),
    })
    .prefault({}),
  ticket: z.string().min(1),
  time: z.strictObject({
    column: z.string().min(1),
    format: z.string().min(1).default('iso'),
    zone: z.string().optional(),
  }),
  event: z.string().min(1).optional(),
  sequence: z.string().min(1).optional(),
  actor: z.strictObject({ role: Expression, id: Expression.optional() }).optional(),
  create: z
    .strictObject({
      on: z.enum(['first-row', 'rule']).default('first-row'),
      /** When it was created, where a column says so; in the row's time format. */
      at: z.string().min(1).optional(),
      origin: z.enum(['requester', 'on_behalf', 'outbound']).optional(),
      ...creation,
    })
    .prefault({}),
  assignment: oneOrMore(Assignment).optional(),
  status: oneOrMore(Status).optional(),
  events: z.array(Rule).optional(),
  /** Rows that no rule of `events` names. Needed where there are rules. */
  otherwise: z.enum(['reject', 'ignore', 'columns-only']).default('reject'),
});
export type MappingDocument = z.infer<typeof MappingDocument>;

export const statusCategories = StatusCategory.options;
