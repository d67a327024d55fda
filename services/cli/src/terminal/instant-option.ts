import { parseInstant, type Instant } from '@punctual/contracts';
import { UserError } from '../user-error.js';

/** Reads an instant given on the command line, epoch ms. A date alone means its first moment in UTC. Throws UserError. */
export function instantOption(name: string, text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const at = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at !== null) return at;
  throw new UserError(`${name} '${text}' is not an instant`, {
    where: name,
    fix: 'write ISO-8601 with an offset, such as 2026-03-02T09:30:00Z or 2026-03-02T10:30+01:00',
  });
}
