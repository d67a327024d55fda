/** How grave a finding is: an `error` keeps a policy from being published, a `warning` is probably a mistake, `info` is worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/** One finding about a policy or a scenario file: what, where, and what to do. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Does not change between releases, such as `unknown_field`. */
  readonly code: string;
  readonly message: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** A JSON Pointer (RFC 6901) into the document: `/promises/0/terms/2/within`. */
  readonly path: string;
  /** What to write instead, where that can be told. */
  readonly suggestion?: string;
}

export type Path = readonly (string | number)[];

/** A finding before its place in the text is known. `at: 'key'` points at the field's name rather than at its value. */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly path: Path;
  readonly at?: 'key' | 'value';
  readonly suggestion?: string;
}

/** Whether any of them keeps the document from being used. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** One line for a terminal: `file:line:column error code: message (suggestion)`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, code, message, suggestion } = diagnostic;
  return `${file}:${line}:${column} ${severity} ${code}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`;
}

/** The JSON Pointer of a path. */
export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
