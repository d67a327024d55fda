import { loadPolicy, resolvePolicy } from '@punctual/policy';
import { ProblemError } from '@punctual/service-kit';
import { comparablePolicy, type ComparablePolicy } from './comparable-policy.js';

/**
 * Reads a policy that is not published, from its YAML text.
 * @throws ProblemError `invalid_policy` (422) with every finding's line, column and suggestion, as intake answers it.
 */
export function proposedPolicy(text: string): ComparablePolicy {
  const { document, diagnostics } = loadPolicy(text, 'policy.yaml');
  if (document !== null) return comparablePolicy(resolvePolicy(document));
  throw new ProblemError({
    status: 422,
    code: 'invalid_policy',
    title: 'The policy has errors; nothing was compared',
    problems: diagnostics.map((one) => ({
      code: one.code,
      path: one.path,
      detail: one.message,
      severity: one.severity,
      line: one.line,
      column: one.column,
      ...(one.suggestion === undefined ? {} : { suggestion: one.suggestion }),
    })),
  });
}
