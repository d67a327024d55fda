import { parseInstant, type Instant } from '@punctual/contracts';
import { ProblemError } from '@punctual/service-kit';
import { z } from 'zod';

/**
 * Reads a query string.
 * @throws ProblemError `invalid_query` (400) with one entry for each parameter that is wrong or unknown.
 */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    status: 400,
    code: 'invalid_query',
    title: 'The query has errors',
    problems: parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            code: 'unknown_parameter',
            path: `/${key}`,
            detail: 'there is no such parameter here',
          }))
        : [{ code: 'invalid_parameter', path: `/${issue.path.map(String).join('/')}`, detail: issue.message }],
    ),
  });
}

/** A parameter that is given once. */
export const one = z.string({ error: 'give this parameter once' }).min(1, 'it is empty').max(400, 'it is too long');

/** A page's size. */
export function limit(most: number, usual: number) {
  const range = `expected a whole number from 1 to ${most}`;
  return z
    .string({ error: range })
    .regex(/^\d{1,6}$/, range)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, range)
    .default(usual);
}

/** An instant, ISO-8601 with an offset; epoch ms. */
export const instant = one.transform((text, context): Instant => {
  const at = parseInstant(text);
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: 'expected a date-time with an offset, such as 2026-03-02T09:30:00Z' });
  return z.NEVER;
});
