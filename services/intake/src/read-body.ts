import { ProblemError } from '@punctual/service-kit';
import type { z } from 'zod';

/**
 * Reads a small JSON body by its schema.
 * @throws ProblemError `invalid_request` (422) with every problem
 */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    status: 422,
    code: 'invalid_request',
    title: 'The request has problems',
    problems: parsed.error.issues.map((issue) => ({
      code: issue.code === 'unrecognized_keys' ? 'unknown_field' : 'invalid_field',
      path: issue.path.map((part) => `/${String(part)}`).join(''),
      detail: issue.message,
    })),
  });
}
