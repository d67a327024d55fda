import type { DataSource } from 'typeorm';
import { PolicyVersionEntity, type PolicyMode, type PolicyVersionRow } from './policy-version.entity.js';

/** Provider token of `PolicyVersions`. */
export const POLICY_VERSIONS = Symbol('PolicyVersions');

/** A published version. `document` is the resolved document as plain JSON, keys in their order; libs/policy knows its meaning. */
export interface PolicyVersion {
  /** Rises with each publication of any policy. */
  readonly publication: number;
  readonly policy: string;
  /** Content hash; the same content published again later has the same version. */
  readonly version: string;
  readonly document: unknown;
  /** Epoch ms. */
  readonly effectiveAt: number;
  readonly mode: PolicyMode;
  /** Epoch ms. */
  readonly publishedAt: number;
}

export type PolicyPublication = Omit<PolicyVersion, 'publication'>;

/** A publication without its document. */
export type PolicySummary = Omit<PolicyVersion, 'document'>;

/** The effective-dated, immutable policy versions of one database (`config.policy_version`), with a cache of what was read. */
export class PolicyVersions {
  private cache: readonly PolicyVersion[] = [];
  private loading: Promise<void> | undefined;
  private loaded = false;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds a publication unless the policy's newest one has the same version already. Two publications of one policy are serialised.
   */
  async publish(publication: PolicyPublication): Promise<'published' | 'unchanged'> {
    const result = await this.dataSource.transaction(async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('policy_version ' || $1, 0))", [
        publication.policy,
      ]);
      const newest: { version: string }[] = await manager.query(
        'SELECT version FROM config.policy_version WHERE policy = $1 ORDER BY publication DESC LIMIT 1',
        [publication.policy],
      );
      if (newest[0]?.version === publication.version) return 'unchanged';
      await manager.query(
        `INSERT INTO config.policy_version (policy, version, document, effective_at, mode, published_at)
         VALUES ($1, $2, $3::json, $4, $5, $6)`,
        [
          publication.policy,
          publication.version,
          JSON.stringify(publication.document),
          new Date(publication.effectiveAt),
          publication.mode,
          new Date(publication.publishedAt),
        ],
      );
      return 'published';
    });
    if (result === 'published') await this.refresh();
    return result;
  }

  /** Every publication, oldest first, without documents; read from the database. */
  async list(): Promise<readonly PolicySummary[]> {
    const rows = await this.dataSource.getRepository(PolicyVersionEntity).find({
      select: { publication: true, policy: true, version: true, effectiveAt: true, mode: true, publishedAt: true },
      order: { publication: 'ASC' },
    });
    return rows.map((row) => ({
      publication: Number(row.publication),
      policy: row.policy,
      version: row.version,
      effectiveAt: row.effectiveAt.getTime(),
      mode: row.mode,
      publishedAt: row.publishedAt.getTime(),
    }));
  }

  /**
   * The version of `policy` in effect at `at` (epoch ms): the latest effective one, of equal ones the last published. Null where
   * none is yet. Read from the cache, after a refresh if the cache has none.
   */
  async read(policy: string, at: number): Promise<PolicyVersion | null> {
    const inEffect = (): PolicyVersion | null =>
      this.cache
        .filter((version) => version.policy === policy && version.effectiveAt <= at)
        .reduce<PolicyVersion | null>(
          (best, next) => (best && best.effectiveAt > next.effectiveAt ? best : next),
          null,
        );
    const known = inEffect();
    if (known) return known;
    await this.refresh();
    return inEffect();
  }

  /** One version by its content hash, from the cache or, if it is new, from the database; null where it is not published. */
  async find(policy: string, version: string): Promise<PolicyVersion | null> {
    const known = (): PolicyVersion | null =>
      this.cache.find((entry) => entry.policy === policy && entry.version === version) ?? null;
    const cached = known();
    if (cached) return cached;
    await this.refresh();
    return known();
  }

  /** Whether any version of `policy` is published, from the cache or, if it is new, from the database. */
  async isPublished(policy: string): Promise<boolean> {
    const known = (): boolean => this.cache.some((entry) => entry.policy === policy);
    if (known()) return true;
    await this.refresh();
    return known();
  }

  /** Every publication with its document, oldest first, from the cache; the first call fills it. */
  async all(): Promise<readonly PolicyVersion[]> {
    if (!this.loaded) await this.refresh();
    return this.cache;
  }

  /** Reads what was published since. Publications are immutable, so nothing is read twice. */
  async refresh(): Promise<void> {
    // A refresh under way may have begun before the publication the caller knows of: wait for it, then read again.
    while (this.loading) await this.loading;
    this.loading = this.load().finally(() => {
      this.loading = undefined;
    });
    await this.loading;
  }

  private async load(): Promise<void> {
    // Two policies' publications may commit out of the order of their numbers, so the known numbers are left out one by one.
    const known = this.cache.map((version) => version.publication);
    const rows: PolicyVersionRow[] = await this.dataSource.query(
      `SELECT publication, policy, version, document, effective_at AS "effectiveAt", mode, published_at AS "publishedAt"
         FROM config.policy_version WHERE NOT publication = ANY ($1::bigint[]) ORDER BY publication`,
      [known],
    );
    if (rows.length > 0) {
      this.cache = [...this.cache, ...rows.map(toVersion)].sort((a, b) => a.publication - b.publication);
    }
    this.loaded = true;
  }
}

function toVersion(row: PolicyVersionRow): PolicyVersion {
  return {
    publication: Number(row.publication),
    policy: row.policy,
    version: row.version,
    document: row.document,
    effectiveAt: row.effectiveAt.getTime(),
    mode: row.mode,
    publishedAt: row.publishedAt.getTime(),
  };
}
