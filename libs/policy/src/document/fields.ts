import { z } from 'zod';
import { didYouMean } from '../did-you-mean.js';
import { parseWallDuration } from '../wall-duration.js';

/**
 * A mapping with exactly these fields. Any mapping of a policy may also say `assumed: "why"`: that the source it was written from does
 * not state it. The message of an unknown-field issue has one line for each unknown key: its suggestion, empty where there is none.
 */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = [...Object.keys(shape), 'assumed'];
  return z.strictObject(
    { ...shape, assumed: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional() },
    {
      error: (issue) => {
        if (issue.code === 'unrecognized_keys') {
          return (issue['keys'] as string[])
            .map((key) => didYouMean(key, known) ?? `fields here: ${known.join(', ')}`)
            .join('\n');
        }
        return issue.code === 'invalid_type' ? `a mapping with the fields ${known.join(', ')} is expected` : undefined;
      },
    },
  );
}

/** A name: text, or a number or truth value read as text, so that `1` and `yes` need no quotes. */
export const name = z
  .union([z.string().trim().min(1).max(200), z.number(), z.boolean()], {
    error: 'a name is expected: text or a number',
  })
  .transform(String);

/** One name or a list of them. */
export const names = z
  .union([name, z.array(name).min(1)], { error: 'a name or a list of names is expected' })
  .transform((value) => (typeof value === 'string' ? [value] : value));

export const prose = z.string().trim().min(1).max(4_000);

/** A duration by the wall clock, read as ms. */
export const wallDuration = z
  .string({ error: "a duration such as '5s' or '28d' is expected" })
  .transform((text, context) => {
    const ms = parseWallDuration(text);
    if (ms !== null) return ms;
    context.addIssue({ code: 'custom', message: `'${text}' is not a duration; write '5s', '15m', '2h' or '28d'` });
    return z.NEVER;
  });

/** What a line of a table may be chosen by: attributes of the ticket. Each is one value or a list of them; case does not matter. */
export const selectorShape = {
  scheme: names.optional(),
  plan: names.optional(),
  tier: names.optional(),
  customer: names.optional(),
  channel: names.optional(),
  product: names.optional(),
  stage: names.optional(),
  fields: z.record(z.string(), names).optional(),
} as const;

export const Selector = fields(selectorShape);
export type Selector = z.output<typeof Selector>;
export const selectorKeys = Object.keys(selectorShape) as (keyof typeof selectorShape)[];
