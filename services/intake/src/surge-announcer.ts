import { policyPartition, topics, type SurgeRecord } from '@punctual/contracts';
import {
  ProblemError,
  type Clock,
  type PolicyVersions,
  type SurgeDeclaration,
  type SurgeDeclarations,
} from '@punctual/service-kit';
import type { EventLog } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { LOCK_SPACE, locks } from './advisory-locks.js';
import { publishWithin } from './publish-within.js';

/** What a person says about a policy's desk. */
export interface DeclaredSurge {
  readonly state: 'started' | 'ended';
  readonly who: string;
  readonly reason: string;
}

/**
 * Takes surges that people declare, and announces all that are declared with a `surge` record on every partition. What was stored and not
 * announced, because the log was down or a process ended, is announced by the next declaration or before the next watermark: it may come
 * twice with the same id, and never not at all.
 */
export class SurgeAnnouncer {
  constructor(
    private readonly declarations: SurgeDeclarations,
    private readonly versions: PolicyVersions,
    private readonly log: EventLog,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Declares that a surge begins or ends, from now on.
   * @throws ProblemError `unknown_policy` (404), `surge_unchanged` (409), `log_unavailable` (503)
   */
  async declare(policy: string, { state, who, reason }: DeclaredSurge): Promise<SurgeDeclaration> {
    if (!(await this.versions.isPublished(policy))) {
      const detail = `No version of '${policy.slice(0, 60)}' is published; GET /v1/policies lists them.`;
      throw new ProblemError({ status: 404, code: 'unknown_policy', title: 'No such policy', detail });
    }
    const declared = await this.declarations.declare({ policy, state, at: this.clock.now(), by: who, reason });
    if (declared === null) {
      const detail =
        state === 'started' ? 'A surge is open already; it can only be ended.' : 'No surge is open that could end.';
      throw new ProblemError({ status: 409, code: 'surge_unchanged', title: 'Nothing would change', detail });
    }
    await this.announcePending().catch((error: unknown) => {
      const detail = 'The declaration is stored and will be announced by itself; do not send it again.';
      const title = 'The event log does not take the announcement now';
      throw new ProblemError({ status: 503, code: 'log_unavailable', title, detail }, { cause: error });
    });
    return declared;
  }

  /** Announces what is stored and not announced yet, one instance at a time. */
  async announcePending(): Promise<void> {
    const { manager } = this.dataSource;
    if ((await this.declarations.pending(manager)).length === 0) return;
    await this.dataSource.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, locks.surges]);
      const pending = await this.declarations.pending(transaction);
      await publishWithin(
        this.log,
        pending.flatMap((declaration) => this.onEveryPartition(declaration)),
      );
      await this.declarations.markAnnounced(
        transaction,
        pending.map(({ id }) => id),
      );
    });
  }

  private onEveryPartition(declaration: SurgeDeclaration): Parameters<EventLog['publish']>[0] {
    const { partitions } = this.log;
    const speaking = policyPartition(declaration.policy, partitions);
    return Array.from({ length: partitions }, (_none, partition) => {
      const value: SurgeRecord = { kind: 'surge', ...declaration, speaks: partition === speaking };
      return { topic: topics.received, partition, key: 'surge', value };
    });
  }
}
