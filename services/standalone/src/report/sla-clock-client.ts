import type { Commitment, Target } from '@punctual/contracts';

/** A row of `GET /v1/attainment`. */
export interface AttainmentAnswer {
  readonly target: Target;
  readonly priority: string | null;
  readonly commitment: Commitment;
  readonly kept: number;
  readonly breached: number;
  readonly missed: number;
  readonly running: number;
  readonly paused: number;
  /** 0..1; null where nothing was judged. */
  readonly attainment: number | null;
}

/** What the table needs of a clock of `GET /v1/clocks`. */
export interface ClockAnswer {
  readonly target: Target;
  readonly priority: string | null;
  readonly commitment: Commitment;
  readonly warnings: readonly { readonly label: string }[];
}

/** The SLA clock's HTTP API as any reader sees it. */
export class SlaClockClient {
  constructor(readonly url: string) {}

  async attainment(policy: string): Promise<readonly AttainmentAnswer[]> {
    const answer = await this.get(`/v1/attainment?policy=${encodeURIComponent(policy)}`);
    return (answer as { rows: readonly AttainmentAnswer[] }).rows;
  }

  /** Every clock of a policy that runs within its time. */
  async runningClocks(policy: string): Promise<readonly ClockAnswer[]> {
    const clocks: ClockAnswer[] = [];
    let cursor = '';
    do {
      const path = `/v1/clocks?policy=${encodeURIComponent(policy)}&state=running&limit=500${cursor}`;
      const page = (await this.get(path)) as { clocks: readonly ClockAnswer[]; next: string | null };
      clocks.push(...page.clocks);
      cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`;
    } while (cursor !== '');
    return clocks;
  }

  /** Tickets that no promise covers, by policy and priority, as `/metrics` counts them. */
  async notCovered(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
    const response = await fetch(`${this.url}/metrics`);
    return notCoveredIn(await response.text());
  }

  private async get(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

/** Reads the standing `not_covered` counts out of a Prometheus exposition: what was said less what was taken back. */
export function notCoveredIn(exposition: string): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const line of exposition.split('\n')) {
    const sample = /^punctual_sla_(total|retracted_total)\{(.*)\} (\S+)$/.exec(line);
    if (sample === null) continue;
    const labels = Object.fromEntries(
      [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]),
    );
    if (labels['outcome'] !== 'not_covered') continue;
    const ofPolicy = counts.get(labels['policy'] ?? '') ?? new Map<string, number>();
    const priority = labels['priority'] ?? '';
    const sign = sample[1] === 'total' ? 1 : -1;
    ofPolicy.set(priority, (ofPolicy.get(priority) ?? 0) + sign * Number(sample[3]));
    counts.set(labels['policy'] ?? '', ofPolicy);
  }
  return counts;
}
