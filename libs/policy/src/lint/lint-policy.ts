import type { Finding } from '../diagnostic.js';
import type { PolicyDocument } from '../document/policy-document.js';
import { lintCalendars } from './lint-calendars.js';
import { lintClassification } from './lint-classification.js';
import { lintContext } from './lint-context.js';
import { lintCoverage } from './lint-coverage.js';
import { lintMatrix } from './lint-matrix.js';
import { lintPromises } from './lint-promises.js';
import { lintReferences } from './lint-references.js';

/**
 * Everything that is wrong, or probably not meant, in a document that fits the schema. `written` is the document as it stands in the
 * file, for the places of its parts.
 */
export function lintPolicy(document: PolicyDocument, written: unknown): Finding[] {
  const context = lintContext(document, written);
  const checks = [lintReferences, lintCalendars, lintPromises, lintCoverage, lintClassification];
  const findings = checks.flatMap((check) => check(context));
  // The matrix is asked as a running policy would be, which needs sound parts.
  const sound = findings.every(({ severity }) => severity !== 'error');
  return sound ? [...findings, ...lintMatrix(context)] : findings;
}
