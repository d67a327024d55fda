import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant, type Instant } from '@punctual/contracts';
import { UserError } from '../user-error.js';

const MOST_ATTEMPTS = 12;
const LONGEST_WAIT_MS = 30_000;

/** What intake says of a source. */
export interface SourceState {
  readonly mode: 'live' | 'historical';
  readonly at: string | null;
}

interface Call {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** Intake over HTTP. Every call is safe to repeat, and is repeated while intake is unreachable or busy. Throws UserError. */
export class IntakeClient {
  readonly #base: string;

  constructor(
    url: string,
    private readonly token: string | undefined,
    private readonly onRetry: (why: string, waitMs: number) => void,
  ) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UserError(`'${url}' is not an HTTP address`, {
        where: '--to',
        fix: 'write it like http://localhost:8080',
      });
    }
    this.#base = url.replace(/\/+$/, '');
  }

  async publishPolicy(id: string, yaml: string): Promise<void> {
    await this.#call({
      method: 'PUT',
      path: `/v1/policies/${encodeURIComponent(id)}`,
      contentType: 'application/yaml',
      body: yaml,
    });
  }

  async setSourcePolicy(source: string, policy: string): Promise<void> {
    await this.#json({ method: 'PUT', path: sourcePath(source) }, { policy });
  }

  /** Opens a historical session, or finds the one that is open. */
  async beginSession(source: string): Promise<SourceState> {
    return (await this.#json({ method: 'POST', path: `${sourcePath(source)}/sessions` }, {})) as SourceState;
  }

  async declareProgress(source: string, at: Instant): Promise<void> {
    await this.#json({ method: 'POST', path: `${sourcePath(source)}/progress` }, { at: formatInstant(at) });
  }

  async endSession(source: string): Promise<void> {
    await this.#json({ method: 'POST', path: `${sourcePath(source)}/sessions/end` }, {});
  }

  /** `batch` is a JSON array of CloudEvents. */
  async sendEvents(batch: string): Promise<void> {
    await this.#call({
      method: 'POST',
      path: '/v1/events',
      contentType: 'application/cloudevents-batch+json',
      body: batch,
    });
  }

  #json(call: Call, body: unknown): Promise<unknown> {
    return this.#call({ ...call, contentType: 'application/json', body: JSON.stringify(body) });
  }

  async #call(call: Call): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(call);
      if ('body' in answer) return answer.body;
      if (attempt >= MOST_ATTEMPTS) {
        throw new UserError(`intake did not take the request after ${attempt} attempts: ${answer.why}`, {
          where: `${call.method} ${this.#base}${call.path}`,
          fix: 'see that it runs (GET /health/ready), then run the same command again: events it has are recognised',
        });
      }
      const waitMs = Math.min(LONGEST_WAIT_MS, answer.retryAfterMs ?? 250 * 2 ** (attempt - 1));
      this.onRetry(answer.why, waitMs);
      await sleep(waitMs);
    }
  }

  async #try(
    call: Call,
  ): Promise<{ readonly body: unknown } | { readonly why: string; readonly retryAfterMs: number | null }> {
    let response: Response;
    try {
      response = await fetch(this.#base + call.path, {
        method: call.method,
        headers: {
          ...(call.contentType === undefined ? {} : { 'content-type': call.contentType }),
          ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: AbortSignal.timeout(60_000),
      });
    } catch (error) {
      const cause = (error as Error).cause as { code?: string } | undefined;
      return { why: cause?.code ?? (error as Error).message, retryAfterMs: null };
    }
    const text = await response.text();
    if (response.ok) return { body: parseBody(text) };
    if (response.status === 503 || response.status === 429 || response.status === 502 || response.status === 504) {
      return { why: `HTTP ${response.status}`, retryAfterMs: retryAfter(response.headers.get('retry-after')) };
    }
    throw refusal(call, `${call.method} ${this.#base}${call.path}`, response.status, parseBody(text));
  }
}

function sourcePath(source: string): string {
  return `/v1/sources/${encodeURIComponent(source)}`;
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly problems?: readonly { readonly code?: string; readonly path?: string; readonly detail?: string }[];
}

function refusal(call: Call, where: string, status: number, body: unknown): UserError {
  if (status === 401 || status === 403) {
    return new UserError(`intake refuses access (HTTP ${status})`, {
      where,
      fix: 'set PUNCTUAL_TOKEN to a token of this intake',
    });
  }
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Problem;
  const first = problem.problems?.[0];
  const detail = first ? `${first.path ?? ''} ${first.detail ?? ''}`.trim() : problem.detail;
  const about = call.path === '/v1/events' ? eventIdAt(call.body ?? '[]', first?.path) : '';
  return new UserError(
    `intake refused it (HTTP ${status}): ${[problem.title, detail].filter(Boolean).join(': ') || 'no reason given'}${about}`,
    {
      where,
      fix: adviceOn(status, first?.code),
    },
  );
}

function adviceOn(status: number, code: string | undefined): string {
  if (status === 404) return 'see that --to is the address of intake';
  if (code === 'unknown_policy') return 'publish the policy with --policy FILE';
  return 'mend what it names and run the same command again: events it has are recognised';
}

function eventIdAt(batch: string, pointer: string | undefined): string {
  const index = /^\/(\d+)/.exec(pointer ?? '')?.[1];
  if (index === undefined) return '';
  const event = (JSON.parse(batch) as { id?: unknown }[])[Number(index)];
  return event ? ` (event ${String(event.id)})` : '';
}
