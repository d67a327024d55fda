import type { DataSource, EntityManager } from 'typeorm';

/** A surge of a policy's desk that begins or ends. */
export interface SurgeIntent {
  readonly policy: string;
  readonly state: 'started' | 'ended';
  /** Epoch ms. */
  readonly at: number;
  /** Who says so; null where the figures of the desk do. */
  readonly by: string | null;
  readonly reason: string;
}

export interface SurgeDeclaration extends SurgeIntent {
  readonly id: string;
}

interface DeclarationRow {
  readonly id: string;
  readonly policy: string;
  readonly state: 'started' | 'ended';
  readonly at: string;
  readonly declared_by: string | null;
  readonly reason: string;
}

/**
 * The surges declared, by people and by figures (`config.surge_declaration`): who said when that one begins or ends, and why. What is declared
 * counts once it stands in the log; intake announces it there before the next watermark.
 */
export class SurgeDeclarations {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a declaration; null where the policy's last one says the same already. Two of one policy are serialised. */
  async declare(intent: SurgeIntent): Promise<SurgeDeclaration | null> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('surge_declaration ' || $1, 0))", [
        intent.policy,
      ]);
      const last = await newest(manager, intent.policy);
      if ((last?.state ?? 'ended') === intent.state) return null;
      const [row]: DeclarationRow[] = await manager.query(
        `INSERT INTO config.surge_declaration (policy, state, at, declared_by, reason) VALUES ($1, $2, $3, $4, $5)
         RETURNING id, policy, state, at, declared_by, reason`,
        [intent.policy, intent.state, Math.max(intent.at, last?.at ?? intent.at), intent.by, intent.reason],
      );
      return row === undefined ? null : declarationOf(row);
    });
  }

  /** The newest declaration about a policy; null where there is none. */
  async last(policy: string): Promise<SurgeDeclaration | null> {
    return newest(this.dataSource.manager, policy);
  }

  /** What nobody has announced yet, oldest first. */
  async pending(manager: EntityManager): Promise<SurgeDeclaration[]> {
    const rows: DeclarationRow[] = await manager.query(
      `SELECT id, policy, state, at, declared_by, reason FROM config.surge_declaration
        WHERE NOT announced ORDER BY declaration`,
    );
    return rows.map(declarationOf);
  }

  async markAnnounced(manager: EntityManager, ids: readonly string[]): Promise<void> {
    await manager.query('UPDATE config.surge_declaration SET announced = true WHERE id = ANY($1::uuid[])', [ids]);
  }
}

async function newest(manager: EntityManager, policy: string): Promise<SurgeDeclaration | null> {
  const [row]: DeclarationRow[] = await manager.query(
    `SELECT id, policy, state, at, declared_by, reason FROM config.surge_declaration
      WHERE policy = $1 ORDER BY declaration DESC LIMIT 1`,
    [policy],
  );
  return row === undefined ? null : declarationOf(row);
}

function declarationOf({ declared_by: by, at, ...row }: DeclarationRow): SurgeDeclaration {
  return { ...row, at: Number(at), by };
}
