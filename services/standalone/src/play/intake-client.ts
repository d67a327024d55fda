import { formatInstant, toCloudEvent, type Instant, type TicketEvent } from '@punctual/contracts';
import { setTimeout as pause } from 'node:timers/promises';

export interface KnownSource {
  readonly source: string;
  readonly mode: 'live' | 'historical';
}

/** An answer of a service other than success. */
export class RefusedRequest extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'RefusedRequest';
  }
}

/** How often a request is sent again while intake says that it cannot take it now (503). */
const TRIES = 20;

/** Intake's HTTP API as any sender sees it. */
export class IntakeClient {
  constructor(readonly url: string) {}

  async sources(): Promise<readonly KnownSource[]> {
    return (await this.send('GET', '/v1/sources')) as readonly KnownSource[];
  }

  /** The ids of the published policies. */
  async policies(): Promise<readonly string[]> {
    const versions = (await this.send('GET', '/v1/policies')) as readonly { policy: string }[];
    return [...new Set(versions.map(({ policy }) => policy))];
  }

  async setPolicy(source: string, policy: string): Promise<void> {
    await this.send('PUT', `/v1/sources/${encodeURIComponent(source)}`, { policy });
  }

  /** `at` (epoch ms): how far the source's time has come; absent: before every ticket. */
  async beginSession(source: string): Promise<void> {
    await this.send('POST', `/v1/sources/${encodeURIComponent(source)}/sessions`, {});
  }

  async progress(source: string, at: Instant): Promise<void> {
    await this.send('POST', `/v1/sources/${encodeURIComponent(source)}/progress`, { at: formatInstant(at) });
  }

  async endSession(source: string): Promise<void> {
    await this.send('POST', `/v1/sources/${encodeURIComponent(source)}/sessions/end`);
  }

  /** All of the events or none; durable when it resolves. */
  async postEvents(events: readonly TicketEvent[]): Promise<void> {
    await this.send('POST', '/v1/events', events.map(toCloudEvent), 'application/cloudevents-batch+json');
  }

  /** Publishes a policy of that id; says whether it was new. */
  async publishPolicy(id: string, yaml: string): Promise<'published' | 'unchanged'> {
    const answer = await this.send('PUT', `/v1/policies/${encodeURIComponent(id)}`, yaml, 'application/yaml');
    return (answer as { status: 'published' | 'unchanged' }).status;
  }

  /** @throws RefusedRequest */
  private async send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<unknown> {
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? { method } : { method, headers: { 'content-type': type }, body: content };
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${this.url}${path}`, init);
      if (response.ok) return response.json();
      if (response.status === 503 && attempt < TRIES) {
        await response.body?.cancel();
        await pause(Number(response.headers.get('retry-after') ?? '1') * 1_000);
        continue;
      }
      throw await refused(`${method} ${path}`, response);
    }
  }
}

async function refused(request: string, response: Response): Promise<RefusedRequest> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as {
      code?: string;
      title?: string;
      detail?: string;
      problems?: readonly { path: string; detail: string; line?: number }[];
    };
    const lines = (problem.problems ?? [])
      .slice(0, 5)
      .map((one) => `\n  ${one.line ? `line ${one.line} ` : ''}${one.path} ${one.detail}`);
    const said = [problem.title, problem.detail].filter(Boolean).join(': ');
    return new RefusedRequest(
      response.status,
      problem.code ?? '',
      `${request} was answered ${response.status}: ${said}${lines.join('')}`,
    );
  } catch {
    return new RefusedRequest(response.status, '', `${request} was answered ${response.status}`);
  }
}
