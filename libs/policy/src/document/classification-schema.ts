import { z } from 'zod';
import { factValues, type FactCondition, type FactName } from '../compiled-policy.js';
import { didYouMeanOneOf } from '../did-you-mean.js';
import { fields, name, names, prose } from './fields.js';

const factNames = Object.keys(factValues) as FactName[];
const attributeNames = ['customer', 'plan', 'tier', 'channel', 'product', 'stage'] as const;
const conditionKeys = [...factNames, 'all', 'any', 'not', 'chosen', 'ticket', 'fields', 'always'];

type ConditionInput = Readonly<Record<string, unknown>>;

/**
 * A condition as it is written: a mapping whose entries must all hold. Facts by name (`environment: [staging, development]`), `chosen`
 * (the requester's choice), `ticket` (attributes), `fields` (form fields), and `all`, `any`, `not` over conditions; `always: true`.
 */
export const Condition: z.ZodType<FactCondition, unknown> = z.lazy(() =>
  z
    .record(z.string(), z.unknown(), { error: 'a condition is a mapping, such as {environment: production}' })
    .transform(toCondition),
);

function toCondition(written: ConditionInput, context: z.RefinementCtx): FactCondition {
  const parts = Object.entries(written).flatMap(([key, value]) => readEntry(key, value, context));
  if (parts.length === 0) {
    context.addIssue({
      code: 'custom',
      message: "a condition names at least one thing; write 'always: true' for every ticket",
    });
  }
  const [only] = parts;
  return parts.length === 1 && only ? only : { all: parts };
}

function readEntry(key: string, value: unknown, context: z.RefinementCtx): FactCondition[] {
  if (key === 'all' || key === 'any') {
    const parts = part(z.array(Condition).min(1), value, [key], context) ?? [];
    return [key === 'all' ? { all: parts } : { any: parts }];
  }
  if (key === 'not') {
    const negated = part(Condition, value, [key], context);
    return negated === null ? [] : [{ not: negated }];
  }
  if (key === 'always') return part(z.literal(true), value, [key], context) === null ? [] : [{ always: true }];
  if (key === 'chosen') return [{ chosen: part(names, value, [key], context) ?? [] }];
  if (key === 'ticket') {
    const wanted = part(z.record(z.string(), names), value, [key], context) ?? {};
    return Object.entries(wanted).flatMap(([attribute, allowed]) => {
      if ((attributeNames as readonly string[]).includes(attribute)) {
        return [{ attribute: attribute as (typeof attributeNames)[number], in: allowed }];
      }
      complain(
        context,
        [key, attribute],
        `'${attribute}' is no attribute of a ticket; ${didYouMeanOneOf(attribute, attributeNames)}`,
      );
      return [];
    });
  }
  if (key === 'fields') {
    const wanted = part(z.record(z.string(), names), value, [key], context) ?? {};
    return Object.entries(wanted).map(([field, allowed]) => ({ field, in: allowed }));
  }
  if (!Object.hasOwn(factValues, key)) {
    complain(context, [key], `'${key}' is no fact; ${didYouMeanOneOf(key, conditionKeys)}`, 'unknown_fact');
    return [];
  }
  const allowed = part(names, value, [key], context) ?? [];
  const known: readonly string[] = [...factValues[key as FactName], 'unknown'];
  const facts = allowed.map((text) => text.toLowerCase()).map((text) => ({ true: 'yes', false: 'no' })[text] ?? text);
  for (const fact of facts.filter((text) => !known.includes(text))) {
    complain(context, [key], `'${fact}' is no value of ${key}; ${didYouMeanOneOf(fact, known)}`, 'unknown_fact_value');
  }
  return [{ fact: key as FactName, in: facts }];
}

function part<Output>(
  schema: z.ZodType<Output, unknown>,
  value: unknown,
  path: string[],
  context: z.RefinementCtx,
): Output | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const code = issue.code === 'custom' ? issue.params?.['code'] : undefined;
    complain(context, [...path, ...issue.path], issue.message, typeof code === 'string' ? code : undefined);
  }
  return null;
}

function complain(context: z.RefinementCtx, path: PropertyKey[], message: string, code = 'invalid_value'): void {
  context.addIssue({ code: 'custom', path, message, params: { code } });
}

/** A rule: its priority, or a reason to hold the ticket outside every promise, or both. */
export const Rule = fields({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'a rule id is made of small letters, digits, - and _'),
  scheme: z.string().optional(),
  when: Condition,
  priority: name.optional(),
  exclude: z.string().optional(),
  because: prose,
}).superRefine((rule, context) => {
  if (rule.priority !== undefined || rule.exclude !== undefined) return;
  context.addIssue({
    code: 'custom',
    message: `rule '${rule.id}' decides nothing; give it a priority or an exclude code`,
  });
});
export type Rule = z.output<typeof Rule>;

/** Which channels may choose a priority and when, and whether a rule may then raise or lower it. */
export const RequesterChoice = fields({
  channels: z
    .union([name, z.array(name)])
    .transform((value) =>
      typeof value === 'string' ? (value === 'any' || value === 'none' ? value : [value]) : value,
    ),
  /** `creation`: the choice is made with the ticket; later the requester may only ask. Default: at any time. */
  at: z.enum(['creation', 'any_time']).optional(),
  rulesMayRaise: z.boolean().default(true),
  /** How sure a rule must be to raise what was chosen. Default: as sure as for anything, `reviewBelow`. */
  raiseFrom: z.number().min(0).max(1).optional(),
  rulesMayLower: z.boolean().default(true),
});

export const Classification = fields({
  /** `decide`: the rules' word stands until an agent's; `propose`: a person confirms. */
  mode: z.enum(['decide', 'propose']).default('decide'),
  /** The priority where no rule matches: a name, or one for each scheme. */
  default: z.union([name, z.record(z.string(), name)], {
    error: 'a priority, or a mapping from scheme to priority, is expected',
  }),
  requesterChoice: RequesterChoice.default({ channels: 'any', rulesMayRaise: true, rulesMayLower: true }),
  /** Below this confidence a decision needs review. */
  reviewBelow: z.number().min(0).max(1).default(0.6),
  rules: z.array(Rule).default([]),
});
export type Classification = z.output<typeof Classification>;
