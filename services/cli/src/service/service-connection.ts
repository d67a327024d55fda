import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../user-error.js';

const MOST_ATTEMPTS = 12;
const LONGEST_WAIT_MS = 30_000;

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** One of Punctual's services as the command line knows it. */
export interface ServiceAddress {
  /** As errors call it. */
  readonly name: string;
  /** The option its address was given with. */
  readonly option: string;
  readonly url: string;
  readonly token: string | undefined;
  /** What to do after the request could not be made; the service runs again by then. */
  readonly again: string;
  /** What to do about a refusal, by its status and the first problem's code. */
  readonly advice: (status: number, code: string | undefined) => string;
  /** What a refusal is about, in words after its reason; the pointer is that of the first problem. */
  readonly about?: (call: Call, pointer: string | undefined) => string;
}

/** A service over HTTP. Every call is safe to repeat, and is repeated while the service is unreachable or busy. Throws UserError. */
export class ServiceConnection {
  readonly #base: string;

  constructor(
    private readonly service: ServiceAddress,
    private readonly onRetry: (why: string, waitMs: number) => void,
  ) {
    const { url, option } = service;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UserError(`'${url}' is not an HTTP address`, {
        where: option,
        fix: 'write it like http://localhost:8080',
      });
    }
    this.#base = url.replace(/\/+$/, '');
  }

  async call(call: Call): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(call);
      if ('body' in answer) return answer.body;
      if (attempt >= MOST_ATTEMPTS) {
        const { name, again } = this.service;
        throw new UserError(`${name} did not take the request after ${attempt} attempts: ${answer.why}`, {
          where: `${call.method} ${this.#base}${call.path}`,
          fix: `see that it runs (GET /health/ready), then ${again}`,
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
    const { token } = this.service;
    let response: Response;
    try {
      response = await fetch(this.#base + call.path, {
        method: call.method,
        headers: {
          ...(call.contentType === undefined ? {} : { 'content-type': call.contentType }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
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
    throw this.#refusal(call, response.status, parseBody(text));
  }

  #refusal(call: Call, status: number, body: unknown): UserError {
    const { name, advice, about } = this.service;
    const where = `${call.method} ${this.#base}${call.path}`;
    if (status === 401 || status === 403) {
      return new UserError(`${name} refuses access (HTTP ${status})`, {
        where,
        fix: `set PUNCTUAL_TOKEN to a token of this ${name}`,
      });
    }
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Problem;
    const first = problem.problems?.[0];
    const detail = first ? `${first.path ?? ''} ${first.detail ?? ''}`.trim() : problem.detail;
    const reason = [problem.title, detail].filter(Boolean).join(': ') || 'no reason given';
    return new UserError(
      `${name} refused it (HTTP ${status}): ${reason}${about === undefined ? '' : about(call, first?.path)}`,
      { where, fix: advice(status, first?.code) },
    );
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly problems?: readonly { readonly code?: string; readonly path?: string; readonly detail?: string }[];
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
