import type { DataSource, EntityManager } from 'typeorm';

/** That a surge of a policy's desk, or the alarm of one of its priority shares, begins or ends. */
export interface DeskIntent {
  readonly policy: string;
  /** The priority share whose alarm it is; null: the surge of the desk. */
  readonly share: string | null;
  readonly state: 'started' | 'ended';
  /** Epoch ms. */
  readonly at: number;
  /** Who says so; null where the figures of the desk do. */
  readonly by: string | null;
  readonly reason: string;
  /** The figures it rests on; null where a person says so. */
  readonly figures: Readonly<Record<string, number | null>> | null;
}

export interface DeskDeclaration extends DeskIntent {
  readonly id: string;
  /** Rises with every declaration about any desk. */
  readonly number: number;
}

interface DeclarationRow {
  readonly id: string;
  readonly declaration: string;
  readonly policy: string;
  readonly share: string | null;
  readonly state: 'started' | 'ended';
  readonly at: string;
  readonly declared_by: string | null;
  readonly reason: string;
  readonly figures: DeskIntent['figures'];
}

const COLUMNS = 'id, declaration, policy, share, state, at, declared_by, reason, figures';

/**
 * What was declared of desks, by people and by figures (`config.surge_declaration`): who said when a surge or an alarm begins or ends, and why.
 * What is declared counts once it stands in the log; intake announces it there before the next watermark.
 */
export class DeskDeclarations {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a declaration; null where the last one about the same says so already. Two of one policy are serialised. */
  async declare(intent: DeskIntent): Promise<DeskDeclaration | null> {
    const { policy, share, state, at, by, reason, figures } = intent;
    return this.dataSource.transaction(async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('surge_declaration ' || $1, 0))", [policy]);
      const last = await newest(manager, policy, share);
      if ((last?.state ?? 'ended') === state) return null;
      const [row]: DeclarationRow[] = await manager.query(
        `INSERT INTO config.surge_declaration (policy, share, state, at, declared_by, reason, figures)
         VALUES ($1, $2, $3, $4, $5, $6, $7::json) RETURNING ${COLUMNS}`,
        [policy, share, state, Math.max(at, last?.at ?? at), by, reason, figures && JSON.stringify(figures)],
      );
      return row === undefined ? null : declarationOf(row);
    });
  }

  /** The newest declaration about a policy's surge, or about the alarm of one of its shares; null where there is none. */
  async last(policy: string, share: string | null): Promise<DeskDeclaration | null> {
    return newest(this.dataSource.manager, policy, share);
  }

  /** What nobody has announced yet, oldest first. */
  async pending(manager: EntityManager): Promise<DeskDeclaration[]> {
    const rows: DeclarationRow[] = await manager.query(
      `SELECT ${COLUMNS} FROM config.surge_declaration WHERE NOT announced ORDER BY declaration`,
    );
    return rows.map(declarationOf);
  }

  async markAnnounced(manager: EntityManager, ids: readonly string[]): Promise<void> {
    await manager.query('UPDATE config.surge_declaration SET announced = true WHERE id = ANY($1::uuid[])', [ids]);
  }
}

async function newest(manager: EntityManager, policy: string, share: string | null): Promise<DeskDeclaration | null> {
  const [row]: DeclarationRow[] = await manager.query(
    `SELECT ${COLUMNS} FROM config.surge_declaration
      WHERE policy = $1 AND share IS NOT DISTINCT FROM $2 ORDER BY declaration DESC LIMIT 1`,
    [policy, share],
  );
  return row === undefined ? null : declarationOf(row);
}

function declarationOf({ declared_by: by, declaration, at, ...row }: DeclarationRow): DeskDeclaration {
  return { ...row, number: Number(declaration), at: Number(at), by };
}
