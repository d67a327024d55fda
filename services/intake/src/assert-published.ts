import { ProblemError, type PolicyVersions } from '@punctual/service-kit';

/** @throws ProblemError `unknown_policy` (404) */
export async function assertPublished(versions: PolicyVersions, policy: string): Promise<void> {
  if (await versions.isPublished(policy)) return;
  const detail = `No version of '${policy.slice(0, 60)}' is published; GET /v1/policies lists them.`;
  throw new ProblemError({ status: 404, code: 'unknown_policy', title: 'No such policy', detail });
}
