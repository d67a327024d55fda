import { z } from 'zod';
import { Calendar } from './calendar-schema.js';
import { Classification } from './classification-schema.js';
import { Exclusion, PriorityShare, QueueKey, Requests, Surge } from './desk-schema.js';
import { fields, name, prose, Selector, wallDuration } from './fields.js';
import { Contract, EscalationStep, PolicyPromise, StatusMatcher } from './promise-schema.js';

const Priority = fields({
  name: name,
  title: prose.optional(),
  aliases: z.array(name).default([]),
  definition: prose.optional(),
  examples: z.array(prose).default([]),
  /** Why nothing is promised at this priority, where that is meant. */
  noPromise: prose.optional(),
});
export type Priority = z.output<typeof Priority>;

/** Priorities that belong together, most urgent first, and the tickets they are for; without `when`: all others. */
const Scheme = fields({
  name: z.string().min(1),
  title: prose.optional(),
  when: Selector.optional(),
  priorities: z.array(Priority).min(1),
});
export type Scheme = z.output<typeof Scheme>;

/** A plan or tier with the other names it goes by. */
const Named = z
  .union([name, fields({ name: name, title: prose.optional(), aliases: z.array(name).default([]) })], {
    error: 'a name or {name, aliases} is expected',
  })
  .transform((value) => (typeof value === 'string' ? { name: value, aliases: [] as string[] } : value));

const DAY_MS = 86_400_000;

/** A policy file (POLICIES): the promise written down. The parsed form is normalised, plain JSON, and what is hashed. */
export const PolicyDocumentSchema = fields({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a policy id is made of small letters, digits and -'),
  title: prose,
  description: prose.optional(),
  /** What it was written from. */
  sources: z.array(prose).optional(),

  settle: wallDuration.default(5_000),
  reopenWindow: wallDuration.default(28 * DAY_MS),
  /** Without it the defaults hold, and are not written into the document: what is kept is no part of the promise. */
  retention: fields({ sealAfter: wallDuration.optional() }).optional(),
  agentFirstPriority: z.enum(['correction', 'change']).default('correction'),
  onReclassify: z.enum(['retract', 'stand']).default('retract'),
  countsBots: z.boolean().default(false),
  countsAutoReplies: z.boolean().default(false),

  /** The one scheme of a policy that has only one. */
  priorities: z.array(Priority).min(1).optional(),
  schemes: z.array(Scheme).min(1).optional(),
  plans: z.array(Named).default([]),
  tiers: z.array(Named).default([]),
  calendars: z.record(z.string(), Calendar).default({}),

  /** Defaults for every promise that does not say otherwise. */
  pauses: z.array(StatusMatcher).default([]),
  solved: z.array(StatusMatcher).default([{ category: 'solved' }, { category: 'closed' }]),
  warnings: z.array(z.string()).default([]),

  promises: z.array(PolicyPromise).default([]),
  contracts: z.array(Contract).default([]),
  coverage: z.array(Exclusion).default([]),
  classification: Classification,
  recipients: z.record(z.string(), prose).default({}),
  escalations: z.record(z.string(), z.array(EscalationStep).min(1)).default({}),
  requests: Requests.default({}),
  queue: z.array(QueueKey).default(['priority', 'due', 'ticket']),
  surge: Surge.optional(),
  priorityShares: z.array(PriorityShare).default([]),
})
  .superRefine((document, context) => {
    if ((document.priorities === undefined) === (document.schemes === undefined)) {
      context.addIssue({
        code: 'custom',
        message: "a policy has either 'priorities' (one scheme) or 'schemes' (several); write one of them",
      });
    }
  })
  .transform(({ priorities, schemes, ...rest }) => ({
    ...rest,
    schemes: schemes ?? [{ name: DEFAULT_SCHEME, priorities: priorities ?? [] } satisfies Scheme],
  }));

/** The name of the one scheme of a policy that writes `priorities` alone. */
export const DEFAULT_SCHEME = 'default';

export type PolicyDocument = z.output<typeof PolicyDocumentSchema>;
