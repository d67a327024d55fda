import { commitments, StatusCategory, targets } from '@punctual/contracts';
import { z } from 'zod';
import { didYouMean } from '../did-you-mean.js';
import { fields, name, names, prose, selectorShape } from './fields.js';

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, {
    error: (issue) =>
      `one of ${values.join(', ')} is expected; ${didYouMean(String(issue.input), values) ?? `not '${String(issue.input)}'`}`,
  });

/**
 * A status by what it means (`waiting_requester`) or by the helpdesk's own name for it (`Wait - Vendor`, ignoring case). A named one may
 * say whom it waits for where the helpdesk's category does not: a wait for the requester ends when they write.
 */
export const StatusMatcher = z
  .union(
    [z.string().trim().min(1), fields({ status: z.string().min(1), awaits: oneOf(['requester', 'other']).optional() })],
    {
      error: 'a status category, a status name or {status, awaits} is expected',
    },
  )
  .transform((value) => {
    if (typeof value !== 'string') return { status: value.status, awaits: value.awaits ?? null };
    const category = StatusCategory.safeParse(value.toLowerCase());
    return category.success ? { category: category.data } : { status: value, awaits: null };
  });
export type StatusMatcher = z.output<typeof StatusMatcher>;

/** A line of the matrix: for these tickets, this duration. The first line that fits decides. */
export const Term = fields({
  ...selectorShape,
  priority: names.optional(),
  /** `4h`, `2 business days`, `none` (nothing is promised) or `measured` (never late). */
  within: z.string().trim().min(1),
  calendar: z.string().optional(),
  commitment: oneOf(commitments).optional(),
  because: prose.optional(),
});
export type Term = z.output<typeof Term>;

export const ContractTerm = z.strictObject({ ...Term.shape, promise: z.string().min(1) });

/** What one customer's contract says instead: its lines come before the promise's own. */
export const Contract = fields({ customer: names, title: prose.optional(), terms: z.array(ContractTerm).min(1) });
export type Contract = z.output<typeof Contract>;

/** A promise. Without `terms` and `within` it is made only where a contract makes it. */
export const PolicyPromise = fields({
  /** Stable: the same promise at another priority is a retarget, not another promise. */
  id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'a promise id is made of small letters, digits and _'),
  title: prose.optional(),
  target: oneOf(targets),
  commitment: oneOf(commitments),
  calendar: z.string().optional(),
  /** For every ticket, where there is no matrix. */
  within: z.string().trim().min(1).optional(),
  terms: z.array(Term).min(1).optional(),
  pauses: z.array(StatusMatcher).optional(),
  solved: z.array(StatusMatcher).optional(),
  warnings: z.array(z.string()).optional(),
  retarget: oneOf(['fromStart', 'carryElapsed', 'restart']).optional(),
  reopen: oneOf(['resume', 'newCycle']).optional(),
  fromCreation: z.boolean().optional(),
  attainment: z.number().gt(0).max(1).optional(),
  /** Cycles that start on a holiday of one of these calendars have a target this much longer. Default: none does. */
  onHoliday: fields({ of: names, factor: z.number().gt(1).max(100) }).optional(),
  /** Names of escalation plans. */
  escalations: names.optional(),
});
export type PolicyPromise = z.output<typeof PolicyPromise>;

/** A step of an escalation plan: when (`start+15m`, `due-30m`, `due`), and who is told. */
export const EscalationStep = fields({
  name: name,
  at: z.string().min(1),
  to: names,
});
export type DocumentEscalationStep = z.output<typeof EscalationStep>;
