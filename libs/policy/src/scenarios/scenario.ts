import {
  ActorRole,
  AdditionalResource,
  parseInstant,
  requestsMade,
  StatusCategory,
  targets,
} from '@punctual/contracts';
import { z } from 'zod';
import { fields, name, prose } from '../document/fields.js';

/** When something happened, with its offset: `2026-03-02T10:05+01:00`. Epoch ms once read. */
const instant = z
  .string({ error: "a time with its offset is expected, such as '2026-03-02T10:05+01:00'" })
  .transform((text, context) => {
    const at = parseInstant(text);
    if (at !== null) return at;
    context.addIssue({ code: 'custom', message: `'${text}' is no time with an offset; write 2026-03-02T10:05+01:00` });
    return z.NEVER;
  });

const attributes = {
  customer: name.optional(),
  plan: name.optional(),
  tier: name.optional(),
  channel: name.optional(),
  product: name.optional(),
  stage: name.optional(),
};
const fieldValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const status = z
  .union([fields({ name: name, category: StatusCategory }), StatusCategory], {
    error: `a status is {name, category}, or one of ${StatusCategory.options.join(', ')}`,
  })
  .transform((value) =>
    typeof value === 'string' ? { name: value, category: value } : { name: value.name, category: value.category },
  );
const assignee = fields({ person: name.optional(), team: name.optional() });
const kind = z.enum(['correction', 'change']);

/** The ticket of a scenario, as it is created. */
const Ticket = fields({
  id: name.default('scenario'),
  ...attributes,
  /** The requester's choice, by any name or alias. */
  priority: name.optional(),
  subject: z.string().optional(),
  body: z.string().optional(),
  language: z.string().optional(),
  fields: fieldValues.optional(),
  origin: z.enum(['requester', 'on_behalf', 'outbound']).default('requester'),
  status: status.optional(),
  assign: assignee.optional(),
  /** Other tickets that it names as related. */
  related: z.array(name).optional(),
  createdAt: instant,
});

/** Which escalation is answered: the one asked for on a line of the timeline, 1 for the first, or the latest that was raised. */
const answered = z.union([z.literal('latest'), z.int().min(1)], {
  error: "an escalation is named by the line that asked for it, or is the 'latest'",
});

/** What a line of a timeline can say; each says exactly one. */
const acts = {
  /** A public reply; who gave it. */
  reply: z.enum(['agent', 'bot', 'system']).optional(),
  /** A public message of somebody on the customer's side. */
  message: z.enum(['requester', 'participant']).optional(),
  /** An internal note. */
  note: ActorRole.optional(),
  status: status.optional(),
  assign: assignee.optional(),
  priority: name.optional(),
  plan: name.optional(),
  fields: fieldValues.optional(),
  /** The tickets that are named as related from now on. */
  related: z.array(name).optional(),
  request: z.enum(requestsMade).optional(),
  /** A person takes up an escalation. */
  acknowledge: answered.optional(),
  /** It is settled: by `resources` that are named, or for a `reason`. */
  resolve: answered.optional(),
  /** A person takes the ticket before its turn in the queue: why. */
  deviate: prose.optional(),
  merged: name.optional(),
  deleted: z.literal(true).optional(),
  restored: z.literal(true).optional(),
} as const;
export const actNames = Object.keys(acts) as (keyof typeof acts)[];

const TimelineLine = fields({
  at: instant,
  ...acts,
  /** What a message is to be taken for by its words; it is then a request on its line. */
  asks: z.enum(['update', 'elevation', 'escalation']).optional(),
  /** Text of a reply, message or note. */
  body: z.string().optional(),
  autoReply: z.boolean().optional(),
  /** Who changed a priority. */
  by: ActorRole.optional(),
  kind: kind.optional(),
  reason: z.string().optional(),
  /** The priority an elevation asks for. */
  to: name.optional(),
  /** How a request came; with `fields`, how the ticket did. */
  channel: name.optional(),
  supplied: z.record(z.string(), z.string()).optional(),
  /** What a resolution names. */
  resources: z.array(AdditionalResource).min(1).optional(),
}).superRefine((line, context) => {
  const said = actNames.filter((act) => line[act] !== undefined);
  if (said.length === 1) return;
  const what = said.length === 0 ? 'nothing' : said.join(' and ');
  context.addIssue({
    code: 'custom',
    message: `a line says one thing, this one says ${what}; one of ${actNames.join(', ')}`,
  });
});
export type TimelineLine = z.output<typeof TimelineLine>;

const ClassificationExpected = fields({
  priority: name.optional(),
  rule: name.optional(),
  by: z.enum(['rule', 'requester', 'agent', 'default']).optional(),
  status: z.enum(['decided', 'proposed']).optional(),
  needsReview: z.boolean().optional(),
  /** The role of the person who set it; null: no person did. */
  who: z.union([z.null(), ActorRole]).optional(),
  /** Words of the reason: of the rule with its evidence, or of whoever set it. */
  why: prose.optional(),
});

const ClockExpected = fields({
  promise: z.string().optional(),
  target: z.enum(targets).optional(),
  /** 1 for the first run. */
  cycle: z.int().min(1).optional(),
  startedAt: instant.optional(),
  dueAt: z.union([z.null(), instant]).optional(),
  /** Why it is paused, stopped or cancelled. */
  reason: z.string().optional(),
  outcome: z.enum(['running', 'paused', 'met', 'breached', 'missed', 'measured', 'cancelled']).optional(),
  breachedAt: instant.optional(),
  stoppedAt: instant.optional(),
  /** Working time counted at the end of the scenario, such as `1h30m`. */
  elapsed: z.string().optional(),
  /** The share of its cycles that the promise means to keep. */
  attainment: z.number().gt(0).max(1).optional(),
}).superRefine((clock, context) => {
  if (clock.promise === undefined && clock.target === undefined) {
    context.addIssue({ code: 'custom', message: "an expected clock needs its 'promise' or its 'target'" });
  }
});
export type ClockExpected = z.output<typeof ClockExpected>;

const RequestExpected = fields({
  /** The line of the timeline it is about, 1 for the first; 0: the ticket itself. */
  line: z.int().min(0),
  accepted: z.boolean(),
  code: z.string().optional(),
  missing: z.array(z.string()).optional(),
  /** Words of the advice that comes with a refusal. */
  advice: prose.optional(),
  /** The recipients of an accepted request, in the policy's order. */
  to: z.array(z.string()).optional(),
});

const EscalationExpected = fields({
  /** The line that asked for it, 1 for the first. */
  line: z.int().min(1).optional(),
  /** Or the step of an escalation plan, by name; with `promise` where several have it. */
  step: name.optional(),
  promise: z.string().optional(),
  standing: z.enum(['raised', 'acknowledged', 'resolved']),
  raisedAt: instant.optional(),
  acknowledgedAt: instant.optional(),
  resolvedAt: instant.optional(),
  /** Who was named, in order. */
  resources: z.array(name).optional(),
}).superRefine(({ line, step }, context) => {
  if ((line === undefined) === (step === undefined)) {
    context.addIssue({ code: 'custom', message: "an expected escalation needs its 'line' or its 'step'" });
  }
});
export type EscalationExpected = z.output<typeof EscalationExpected>;

const Expected = fields({
  classification: ClassificationExpected.optional(),
  /** `true`, or the code for which the ticket is not covered. */
  covered: z
    .union([z.literal(true), z.string().min(1)], { error: "'covered' is true or the code of the reason" })
    .optional(),
  clocks: z.array(ClockExpected).optional(),
  requests: z.array(RequestExpected).optional(),
  escalations: z.array(EscalationExpected).optional(),
  /** What waiting customers are told at the end of the scenario: when the next team arrives; null: nothing. */
  nextOpening: z.union([z.null(), instant]).optional(),
  /** The priority shares whose alarms are raised at the end, by name. */
  alarms: z.array(name).optional(),
  /** The tickets it is linked with at the end, whichever names the other, by id. */
  links: z.array(name).optional(),
  /** The queue at the end, by ticket id, the one to take next first. */
  queue: z.array(name).optional(),
}).superRefine((expected, context) => {
  if (Object.keys(expected).length === 0)
    context.addIssue({ code: 'custom', message: 'a scenario expects at least one thing' });
});

const count = z.int().min(0);

/** The desk's figures from an instant on, as far as a line names them. */
const DeskLine = fields({
  at: instant,
  waiting: z.int().min(0).optional(),
  usual: z.number().positive().optional(),
  team: z.int().min(1).optional(),
  away: z.int().min(0).optional(),
  /** Tickets created within the window of a priority share, by priority; or by scheme, and then by priority. */
  created: z.record(name, z.union([count, z.record(name, count)])).optional(),
});

/** Another ticket that is there beside it, and waits in the queue. */
const BesideTicket = fields({
  id: name,
  ...attributes,
  priority: name.optional(),
  fields: fieldValues.optional(),
  dueAt: instant.optional(),
  /** Others have the next word on it. */
  waits: z.boolean().optional(),
  related: z.array(name).optional(),
});

export const Scenario = fields({
  name: prose,
  /** The sentence or line it proves: a short quotation, or where to find it. */
  proves: prose,
  ticket: Ticket,
  timeline: z.array(TimelineLine).default([]),
  /** What else the desk has to do, and who is away, in order: what the policy makes a surge of. */
  desk: z.array(DeskLine).default([]),
  /** Tickets that wait beside it. */
  beside: z.array(BesideTicket).default([]),
  /** How far time goes; default: the last line's instant. */
  until: instant.optional(),
  expect: Expected,
});
export type Scenario = z.output<typeof Scenario>;

/** A file of scenarios: the policy they are about and the scenarios. */
export const ScenarioFile = fields({
  /** The policy's id, or the policy file beside this one. */
  policy: z.string().min(1),
  scenarios: z.array(Scenario).min(1),
});
export type ScenarioFile = z.output<typeof ScenarioFile>;
