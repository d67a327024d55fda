import { z } from 'zod';

/** An instant inside Punctual: milliseconds since 1970-01-01T00:00:00Z. On the wire it is ISO-8601 with `Z`. */
export type Instant = number;

const isoInstant = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * Reads an ISO-8601 date-time that names its offset; digits beyond the millisecond are cut, not rounded.
 * Returns null where the text is no such instant: a local time without a zone is never guessed.
 */
export function parseInstant(text: string): Instant | null {
  if (!isoInstant.test(text)) return null;
  const normalised = text
    .replace(',', '.')
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const at = Date.parse(normalised);
  return Number.isNaN(at) ? null : at;
}

/** ISO-8601 with milliseconds and `Z`. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** A wire instant: text in, epoch milliseconds out. */
export const InstantText = z.string().transform((text, context): Instant => {
  const at = parseInstant(text);
  if (at !== null) return at;
  context.addIssue({
    code: 'custom',
    message: `'${text.slice(0, 40)}' is not an ISO-8601 date-time with an offset, such as 2026-03-02T09:30:00Z`,
  });
  return z.NEVER;
});
