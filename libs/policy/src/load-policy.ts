import { hasErrors, type Diagnostic, type Finding, type Path } from './diagnostic.js';
import { PolicyDocumentSchema, type PolicyDocument } from './document/policy-document.js';
import { lintPolicy } from './lint/lint-policy.js';
import { schemaFindings } from './schema-findings.js';
import { YamlSource } from './yaml-source.js';

export interface LoadedPolicy {
  /** The document; null where a diagnostic is an error. */
  readonly document: PolicyDocument | null;
  /** In the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a policy from YAML and checks everything that can be told from the file alone. Never throws for bad input. `fileName` is what
 * the diagnostics name. What the file marks as `assumed` is listed as `info`.
 */
export function loadPolicy(yamlText: string, fileName: string): LoadedPolicy {
  const source = new YamlSource(yamlText, fileName);
  if (source.problems.length > 0) return { document: null, diagnostics: source.problems };
  const value = source.value;
  const parsed = PolicyDocumentSchema.safeParse(value);
  const findings = parsed.success ? lintPolicy(parsed.data, value) : schemaFindings(parsed.error.issues, value);
  const diagnostics = inFileOrder([...findings, ...assumptions(value)].map((finding) => source.locate(finding)));
  return { document: parsed.success && !hasErrors(diagnostics) ? parsed.data : null, diagnostics };
}

/** What the file marks as decided by its author rather than by its source. */
function assumptions(value: unknown, path: Path = []): Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): Finding[] => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (key !== 'assumed' || Array.isArray(value)) return assumptions(inner, here);
    const reasons: unknown[] = Array.isArray(inner) ? inner : [inner];
    return reasons.map((reason) => ({
      severity: 'info',
      code: 'assumed',
      message: `assumed: ${String(reason)}`,
      path: here,
      at: 'key',
    }));
  });
}

export function inFileOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  );
}
