/** One thing wrong with a request: a stable code, where in the body (JSON Pointer, RFC 6901), and what. */
export interface ProblemEntry {
  readonly code: string;
  readonly path: string;
  readonly detail: string;
}

export interface ProblemFields {
  /** HTTP status. */
  readonly status: number;
  /** Stable, snake_case; clients decide by it. */
  readonly code: string;
  readonly title: string;
  /** What was wrong here and what to do; shown to the caller, so it names no internals. */
  readonly detail?: string;
  readonly problems?: readonly ProblemEntry[];
  /** Further members of the problem document. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** PostgreSQL does not answer, or not in time. */
export const databaseUnavailable: ProblemFields = {
  status: 503,
  code: 'database_unavailable',
  title: 'The database is out of reach',
  detail: 'Send the same again after the seconds in Retry-After.',
  headers: { 'retry-after': '2' },
};

/** An error that a caller caused or must know about, answered as problem+json (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    readonly fields: ProblemFields,
    options?: ErrorOptions,
  ) {
    super(fields.detail ?? fields.title, options);
    this.name = 'ProblemError';
  }
}

/** The document of RFC 9457; `type` is a URN made from the code. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly problems?: readonly ProblemEntry[];
  readonly [extension: string]: unknown;
}

/** A problem as it goes over the wire. */
export function problemDocument(fields: ProblemFields, requestId?: string): ProblemDocument {
  return {
    type: `urn:punctual:problem:${fields.code}`,
    title: fields.title,
    status: fields.status,
    code: fields.code,
    ...(fields.detail === undefined ? {} : { detail: fields.detail }),
    ...(fields.problems === undefined ? {} : { problems: fields.problems }),
    ...fields.extensions,
    ...(requestId === undefined ? {} : { requestId }),
  };
}
