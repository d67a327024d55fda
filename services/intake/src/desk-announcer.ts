import { policyPartition, topics, type ShareRecord, type SurgeRecord } from '@punctual/contracts';
import {
  ProblemError,
  type Clock,
  type DeskDeclaration,
  type DeskDeclarations,
  type PolicyVersions,
} from '@punctual/service-kit';
import type { EventLog } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { LOCK_SPACE, locks } from './advisory-locks.js';
import { assertPublished } from './assert-published.js';
import { publishWithin } from './publish-within.js';

/** What a person says about a policy's desk. */
export interface DeclaredSurge {
  readonly state: 'started' | 'ended';
  readonly who: string;
  readonly reason: string;
}

type Outgoing = Parameters<EventLog['publish']>[0];

/**
 * Takes surges that people declare, and announces all that is declared of desks: a surge with a record on every partition, as it decides what
 * tickets are promised; an alarm on the one that publishes it. What was stored and not announced, because the log was down or a process ended,
 * is announced by the next declaration or before the next watermark: it may come twice with the same id, and never not at all.
 */
export class DeskAnnouncer {
  constructor(
    private readonly declarations: DeskDeclarations,
    private readonly versions: PolicyVersions,
    private readonly log: EventLog,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Declares that a surge begins or ends, from now on.
   * @throws ProblemError `unknown_policy` (404), `surge_unchanged` (409), `log_unavailable` (503)
   */
  async declare(policy: string, { state, who, reason }: DeclaredSurge): Promise<DeskDeclaration> {
    await assertPublished(this.versions, policy);
    const intent = { policy, share: null, state, at: this.clock.now(), by: who, reason, figures: null };
    const declared = await this.declarations.declare(intent);
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
      const { partitions } = this.log;
      await publishWithin(
        this.log,
        pending.flatMap((declaration) => recordsOf(declaration, partitions)),
      );
      await this.declarations.markAnnounced(
        transaction,
        pending.map(({ id }) => id),
      );
    });
  }
}

function recordsOf({ share, number, ...declared }: DeskDeclaration, partitions: number): Outgoing {
  const speaking = policyPartition(declared.policy, partitions);
  if (share !== null) {
    const { policy, id, at, reason, figures } = declared;
    const state = declared.state === 'started' ? 'raised' : 'cleared';
    const value: ShareRecord = { kind: 'share', policy, share, id, number, state, at, reason, figures };
    return [{ topic: topics.received, partition: speaking, key: 'share', value }];
  }
  return Array.from({ length: partitions }, (_none, partition) => {
    const value: SurgeRecord = { kind: 'surge', ...declared, speaks: partition === speaking };
    return { topic: topics.received, partition, key: 'surge', value };
  });
}
