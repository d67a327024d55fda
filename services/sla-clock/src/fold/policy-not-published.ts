import { StreamError } from '@punctual/stream';

/** The record is no poison: it waits until the policy it names is there. */
export function policyNotPublished(policy: string): StreamError {
  return new StreamError(
    'not_ready',
    `policy '${policy}' is not published yet; its tickets wait. Publish it with 'punctual policy publish'.`,
  );
}
