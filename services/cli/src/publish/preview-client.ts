import type { ChangeRecord, ImpactOnClocks, PublicationMode } from '@punctual/sla-engine';
import { ServiceConnection } from '../service/service-connection.js';

/** What the SLA clock says a publication would do. */
export interface PublicationPreview {
  readonly version: string;
  readonly mode: PublicationMode;
  readonly effectiveAt: string;
  readonly status: 'new' | 'unchanged' | 'first';
  readonly tickets: {
    readonly lookedAt: number;
    readonly concerned: number;
    readonly touched: number;
    readonly notYet: number;
  };
  readonly clocks: ImpactOnClocks;
  readonly changes: readonly ChangeRecord[];
  readonly more: number;
}

/** The SLA clock over HTTP, as far as publishing asks it. Throws UserError. */
export class PreviewClient {
  readonly #connection: ServiceConnection;

  constructor(url: string, onRetry: (why: string, waitMs: number) => void) {
    const again = 'run the same command again: nothing was published';
    const advice = (status: number): string =>
      status === 404
        ? 'see that --clock is the address of the SLA clock, of this version'
        : 'mend what it names and run the same command again: nothing was published';
    this.#connection = new ServiceConnection(
      { name: 'the SLA clock', option: '--clock', url, token: undefined, again, advice },
      onRetry,
    );
  }

  async preview(id: string, yaml: string, query: string): Promise<PublicationPreview> {
    return (await this.#connection.call({
      method: 'POST',
      path: `/v1/policies/${encodeURIComponent(id)}/preview${query}`,
      contentType: 'application/yaml',
      body: yaml,
    })) as PublicationPreview;
  }
}
