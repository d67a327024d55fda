import { topics, type ConfigRecord, type Instant } from '@punctual/contracts';
import {
  ProblemError,
  type Clock,
  type PolicyMode,
  type PolicyVersion,
  type PolicyVersions,
} from '@punctual/service-kit';
import type { EventLog } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { LOCK_SPACE, locks } from './advisory-locks.js';
import { publishWithin } from './publish-within.js';
import type { PolicyReader, ReadPolicy } from './policy-reader.js';

export interface PublishOptions {
  readonly mode: PolicyMode;
  /** Epoch ms; null: now. */
  readonly effectiveAt: Instant | null;
}

/**
 * Brings policies in: checks and resolves them, stores the version, and announces it with a `config` record on every partition.
 * Storing and announcing are two steps, and `policy_announcement` remembers the second: what was stored and not announced, because
 * the log was down, is announced by the next publication or the next watermark. A version may be announced twice, never not at all.
 */
export class PolicyPublisher {
  constructor(
    private readonly versions: PolicyVersions,
    private readonly reader: PolicyReader,
    private readonly log: EventLog,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Publishes the built-in packs of which no version is stored yet; a pack the adopter replaced is left alone. */
  async registerBuiltIns(): Promise<void> {
    const known = new Set((await this.versions.list()).map((version) => version.policy));
    for (const id of this.reader.builtIns) {
      if (!known.has(id)) await this.store(this.reader.readBuiltIn(id), { mode: 'pin', effectiveAt: null });
    }
    await this.announcePending();
  }

  /**
   * Publishes a policy from its YAML text.
   * @throws ProblemError `invalid_policy` (422, with line, column and suggestion), `policy_id_mismatch` (422)
   */
  async publish(
    id: string,
    text: string,
    options: PublishOptions,
  ): Promise<{ readonly status: 'published' | 'unchanged'; readonly version: PolicyVersion }> {
    const read = this.reader.read(text, `${id}.yaml`);
    if ('diagnostics' in read) {
      throw new ProblemError({
        status: 422,
        code: 'invalid_policy',
        title: 'The policy has errors; nothing was published',
        problems: read.diagnostics.map((one) => ({
          code: one.code,
          path: one.path,
          detail: one.message,
          severity: one.severity,
          line: one.line,
          column: one.column,
          ...(one.suggestion === undefined ? {} : { suggestion: one.suggestion }),
        })),
      });
    }
    if (read.id !== id) {
      const detail = `the document's id is '${read.id}', the path says '${id}'`;
      const problems = [{ code: 'policy_id_mismatch', path: '/id', detail }];
      throw new ProblemError({ status: 422, code: 'policy_id_mismatch', title: 'Two ids for one policy', problems });
    }
    const status = await this.store(read, options);
    await this.announcePending().catch((error: unknown) => {
      const detail = 'The version is stored and will be announced by itself; sending it again is safe.';
      const fields = {
        status: 503,
        code: 'log_unavailable',
        title: 'The event log does not take the announcement now',
        detail,
      };
      throw new ProblemError({ ...fields, headers: { 'retry-after': '2' } }, { cause: error });
    });
    const version = await this.versions.find(id, read.version);
    if (version === null) throw new Error(`version ${read.version} of '${id}' was stored and is not there`);
    return { status, version };
  }

  /** Announces what is stored and not announced yet, one instance at a time. */
  async announcePending(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const pending: { publication: string; policy: string; version: string; effective_at: Date }[] =
        await manager.query(PENDING);
      if (pending.length === 0) return;
      await manager.query('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, locks.announcements]);
      const still: typeof pending = await manager.query(PENDING);
      await publishWithin(
        this.log,
        still.flatMap((row) =>
          this.onEveryPartition({
            kind: 'config',
            policy: row.policy,
            version: row.version,
            at: row.effective_at.getTime(),
          }),
        ),
      );
      await manager.query('INSERT INTO intake.policy_announcement SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING', [
        still.map((row) => row.publication),
      ]);
    });
  }

  private store(read: ReadPolicy, options: PublishOptions): Promise<'published' | 'unchanged'> {
    const now = this.clock.now();
    return this.versions.publish({
      policy: read.id,
      version: read.version,
      document: read.document,
      effectiveAt: options.effectiveAt ?? now,
      mode: options.mode,
      publishedAt: now,
    });
  }

  private onEveryPartition(value: ConfigRecord): Parameters<EventLog['publish']>[0] {
    return Array.from({ length: this.log.partitions }, (_none, partition) => ({
      topic: topics.received,
      partition,
      key: 'config',
      value,
    }));
  }
}

const PENDING = `
  SELECT publication, policy, version, effective_at FROM config.policy_version AS stored
   WHERE NOT EXISTS (SELECT FROM intake.policy_announcement AS done WHERE done.publication = stored.publication)
   ORDER BY publication`;
