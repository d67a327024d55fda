import { traceparentIn } from '@punctual/contracts';
import { randomBytes } from 'node:crypto';

/** The trace of a request: the sender's, or one that begins here. Nobody records that one, so its flags say "not sampled". */
export function traceparentOf(headers: Readonly<Record<string, unknown>>): string {
  return traceparentIn(headers) ?? `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}
