import { commitments, requestsMade } from '@punctual/contracts';
import { z } from 'zod';
import { fields, name, names, prose, Selector, wallDuration } from './fields.js';

/** Requests a customer may make. `ticket` is opening one at all. */
export const requestKinds = ['ticket', ...requestsMade] as const;
export type RequestKind = (typeof requestKinds)[number];

/** Why and how a request is refused: a code for machines, and what to do instead. */
const Refusal = fields({ code: z.string().regex(/^[a-z][a-z0-9_]*$/), advice: prose });

const requestRule = {
  title: prose.optional(),
  /** The tickets the rule is for; from others the request is accepted. Default: every ticket. */
  appliesTo: Selector.optional(),
  /** Default: any. */
  channels: names.optional(),
  /** Given when the channel is not one of them. */
  wrongChannel: Refusal.optional(),
  /** Names of what must be supplied. `ticket_number` is supplied by every event about a ticket. */
  requires: z.array(z.string()).default([]),
  missing: Refusal.optional(),
  /** One of these requests must have been made before. */
  after: z.array(z.enum(requestKinds)).default([]),
  tooEarly: Refusal.optional(),
  /** An elevation to one of these priorities is refused. */
  refuse: z.array(fields({ priority: names, code: z.string(), advice: prose })).default([]),
  /** Only tickets that have one of these priorities may ask. Default: any. */
  priorities: names.optional(),
  /** Given when the ticket has another one. */
  wrongPriority: Refusal.optional(),
  /** Whom it goes to. */
  to: names.optional(),
  /** Who decides, and when it counts as handled. */
  decidedBy: prose.optional(),
  handledWhen: prose.optional(),
};

/** Requests that a message of the requester's may make by its words alone. */
const askedRule = {
  ...requestRule,
  /** What the requester writes is taken for this request on evidence at least so sure, 0..1. Default: only what is sent as a request is one. */
  fromMessages: z.number().min(0).max(1).optional(),
};
const AskedRule = fields(askedRule);
export const RequestRule = fields(requestRule);
export type RequestRule = z.output<typeof RequestRule>;

/**
 * What settles an escalation that was asked for: the `word` of whoever handles it, or that additional `resources` are named with it. Default:
 * the word.
 */
const EscalationRule = fields({ ...askedRule, handledBy: z.enum(['word', 'resources']).default('word') });

export const Requests = fields({
  ticket: RequestRule.optional(),
  update: AskedRule.optional(),
  elevation: AskedRule.optional(),
  concern: RequestRule.optional(),
  escalation: EscalationRule.optional(),
});

/** Queue order: keys from the most important on. The ticket's source and id always come last, so that no two tickets tie. */
export const QueueKey = z.union([z.enum(['priority', 'due', 'ticket']), fields({ groups: z.array(Selector).min(1) })], {
  error: "a queue key is 'priority', 'due', 'ticket' or {groups: […]}",
});
export type QueueKey = z.output<typeof QueueKey>;

const hysteresis = { above: z.number().positive(), clears: z.number().min(0) };

/** Unusually much work, or more people away than normal. While open, the named commitments are suspended. */
export const Surge = fields({
  title: prose.optional(),
  /** Waiting tickets as a multiple of the usual number; fewer than the minimum are never too many. */
  workload: fields({
    ...hysteresis,
    /** How many usually wait. Default: what the desk itself had in the past four weeks. */
    usual: z.number().positive().optional(),
    minimumTickets: z.int().min(1).default(10),
  }).optional(),
  /** The share of the team that is away. */
  away: fields(hysteresis).optional(),
  /** How long a surge lasts at least. */
  lasts: wallDuration.default(30 * 60_000),
  suspends: z.array(z.enum(commitments)).default([]),
  /** Waiting customers are told when this calendar opens next. */
  tellNextOpening: z.string().optional(),
});

/** An alarm when these priorities are more than a share of the tickets created in a window. */
export const PriorityShare = fields({
  name: name,
  /** Only tickets of this scheme are counted. Default: those of all. */
  scheme: z.string().optional(),
  priorities: names,
  ...hysteresis,
  window: wallDuration,
  /** Below so many tickets in the window nothing is said. */
  minimumTickets: z.int().min(1).default(20),
});

/** A reason to hold a ticket outside every promise. Without `when` only a classification rule gives it. */
export const Exclusion = fields({
  code: z.string().regex(/^[a-z][a-z0-9_]*$/, 'a code is made of small letters, digits and _'),
  reason: prose,
  when: Selector.optional(),
  unless: z
    .union([Selector, z.array(Selector)])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .optional(),
});
export type Exclusion = z.output<typeof Exclusion>;
