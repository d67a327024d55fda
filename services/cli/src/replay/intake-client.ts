import { formatInstant, type Instant } from '@punctual/contracts';
import type { ResolvedPolicy } from '@punctual/policy';
import type { PublicationMode } from '@punctual/sla-engine';
import { ServiceConnection, type Call } from '../service/service-connection.js';

/** What intake says of a source. */
export interface SourceState {
  readonly mode: 'live' | 'historical';
  readonly at: string | null;
}

/** What intake says of a publication. */
export interface PublishedVersion {
  readonly policy: string;
  readonly version: string;
  readonly mode: PublicationMode;
  readonly effectiveAt: string;
  readonly status: 'published' | 'unchanged';
}

/** Intake over HTTP. Throws UserError. */
export class IntakeClient {
  readonly #connection: ServiceConnection;

  /** `option` is the one that the address was given with. */
  constructor(url: string, token: string | undefined, onRetry: (why: string, waitMs: number) => void, option = '--to') {
    const again = 'run the same command again: events it has are recognised';
    this.#connection = new ServiceConnection(
      { name: 'intake', option, url, token, again, advice: adviceOn(option), about: aboutEvent },
      onRetry,
    );
  }

  /** `query` is the mode and the instant, as the preview takes them. */
  async publishPolicy(id: string, yaml: string, query = ''): Promise<PublishedVersion> {
    return (await this.#connection.call({
      method: 'PUT',
      path: `/v1/policies/${encodeURIComponent(id)}${query}`,
      contentType: 'application/yaml',
      body: yaml,
    })) as PublishedVersion;
  }

  /** The version in effect now, with everything its calendars store. */
  async publishedPolicy(id: string): Promise<ResolvedPolicy> {
    const path = `/v1/policies/${encodeURIComponent(id)}`;
    return ((await this.#connection.call({ method: 'GET', path })) as { document: ResolvedPolicy }).document;
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
    await this.#connection.call({
      method: 'POST',
      path: '/v1/events',
      contentType: 'application/cloudevents-batch+json',
      body: batch,
    });
  }

  #json(call: Call, body: unknown): Promise<unknown> {
    return this.#connection.call({ ...call, contentType: 'application/json', body: JSON.stringify(body) });
  }
}

function sourcePath(source: string): string {
  return `/v1/sources/${encodeURIComponent(source)}`;
}

function adviceOn(option: string): (status: number, code: string | undefined) => string {
  return (status, code) => {
    if (code === 'unknown_policy' && status === 404) return 'publish the policy first: punctual policy publish';
    if (status === 404) return `see that ${option} is the address of intake`;
    if (code === 'unknown_policy') return 'publish the policy with --policy FILE';
    return 'mend what it names and run the same command again: events it has are recognised';
  };
}

function aboutEvent({ path, body }: Call, pointer: string | undefined): string {
  const index = /^\/(\d+)/.exec(pointer ?? '')?.[1];
  if (path !== '/v1/events' || index === undefined) return '';
  const event = (JSON.parse(body ?? '[]') as { id?: unknown }[])[Number(index)];
  return event ? ` (event ${String(event.id)})` : '';
}
