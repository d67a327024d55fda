import { ProblemError } from '@punctual/service-kit';

/** The most events in one batch. */
export const MAX_BATCH = 1_000;

/** The CloudEvents of a request as unchecked values. `pointer` is where an event stands in the body: '' alone, `/3` in a batch. */
export interface EventRequest {
  readonly events: readonly { readonly value: unknown; readonly pointer: string }[];
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Takes a request apart by CloudEvents' HTTP binding: structured, batch, or binary (`ce-*` headers). Plain JSON without those headers
 * is read as structured or batch, whichever it looks like: kind to people with curl.
 * @throws ProblemError `unsupported_media_type` (415), `batch_too_large` (413), `invalid_event` (422)
 */
export function readEventRequest(headers: Headers, body: unknown): EventRequest {
  const mediaType = (text(headers['content-type']) ?? '').split(';', 1)[0]?.trim().toLowerCase();
  switch (mediaType) {
    case 'application/cloudevents+json':
      return single(body);
    case 'application/cloudevents-batch+json':
      return batch(body);
    case 'application/json':
      if (headers['ce-specversion'] !== undefined || headers['ce-type'] !== undefined)
        return single(fromHeaders(headers, body));
      return Array.isArray(body) ? batch(body) : single(body);
    default:
      throw new ProblemError({
        status: 415,
        code: 'unsupported_media_type',
        title: 'This media type is not accepted here',
        detail:
          'Send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers.',
      });
  }
}

function single(value: unknown): EventRequest {
  return { events: [{ value, pointer: '' }] };
}

function batch(body: unknown): EventRequest {
  if (!Array.isArray(body)) {
    const detail = 'A batch is a JSON array of CloudEvents; one event alone is application/cloudevents+json.';
    const problems = [{ code: 'not_a_batch', path: '', detail }];
    throw new ProblemError({ status: 422, code: 'invalid_event', title: 'The batch is not an array', problems });
  }
  if (body.length > MAX_BATCH) {
    const detail = `It has ${body.length} events; the most is ${MAX_BATCH}. Send several batches.`;
    throw new ProblemError({ status: 413, code: 'batch_too_large', title: 'The batch has too many events', detail });
  }
  return { events: body.map((value: unknown, index) => ({ value, pointer: `/${index}` })) };
}

function fromHeaders(headers: Headers, data: unknown): Record<string, unknown> {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') && text(value) !== undefined ? [[name.slice(3), decoded(text(value) ?? '')]] : [],
  );
  return { ...(Object.fromEntries(attributes) as Record<string, string>), datacontenttype: 'application/json', data };
}

/** CloudEvents percent-encodes what a header cannot hold. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
