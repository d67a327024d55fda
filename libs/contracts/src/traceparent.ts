/** The header, of a request as of a record, that says which trace it belongs to (W3C Trace Context). */
export const TRACEPARENT = 'traceparent';

const form = /^([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The trace that headers name, as version 00 writes it; null where they name none, or none that can be read: it is never an error. */
export function traceparentIn(headers: Readonly<Record<string, unknown>>): string | null {
  const text = headers[TRACEPARENT];
  if (typeof text !== 'string') return null;
  const [, version, trace, parent, flags, more] = form.exec(text) ?? [];
  if (version === undefined || version === 'ff') return null;
  if (version === '00') return more === undefined ? text : null;
  // A later version begins as this one does, and of its flags only the first is known.
  return `00-${trace}-${parent}-${(Number.parseInt(flags ?? '0', 16) & 1) === 1 ? '01' : '00'}`;
}

/** The headers by which a record carries a trace on; nothing where there is none. */
export function traceHeaders(traceparent: string | null | undefined): { readonly headers?: Record<string, string> } {
  return traceparent === null || traceparent === undefined ? {} : { headers: { [TRACEPARENT]: traceparent } };
}
