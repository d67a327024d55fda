import type { Finding, Path, Severity } from '../diagnostic.js';
import type { PolicyDocument } from '../document/policy-document.js';
import { PrioritySchemes } from '../priority-schemes.js';
import { attributeNames, type AttributeNames } from '../ticket-selector.js';

/** What every check of a document gets: the document, where its priorities stand in the text, and the names it declares. */
export interface LintContext {
  readonly document: PolicyDocument;
  /** The document as it stands in the file. */
  readonly written: unknown;
  readonly names: AttributeNames;
  readonly schemes: PrioritySchemes;
  /** The path of a scheme's priorities: a policy with one scheme writes them at the top. */
  prioritiesPath(scheme: number): Path;
}

/** One check: what it finds in a document that fits the schema. */
export type LintCheck = (context: LintContext) => Finding[];

export function lintContext(document: PolicyDocument, written: unknown): LintContext {
  const atTop = typeof written === 'object' && written !== null && 'priorities' in written;
  const names = attributeNames(document);
  return {
    document,
    written,
    names,
    schemes: new PrioritySchemes(document.schemes, names),
    prioritiesPath: (scheme) => (atTop ? ['priorities'] : ['schemes', scheme, 'priorities']),
  };
}

export function finding(severity: Severity, code: string, message: string, path: Path, suggestion?: string): Finding {
  return { severity, code, message, path, ...(suggestion === undefined ? {} : { suggestion }) };
}
