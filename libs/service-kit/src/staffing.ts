import type { DataSource } from 'typeorm';

/** How many people a policy's desk has, and how many of them are away, as somebody said it. */
export interface StaffingFigure {
  readonly team: number;
  readonly away: number;
  /** Who says so. */
  readonly by: string;
  /** From when on, epoch ms. */
  readonly at: number;
}

interface StaffingRow {
  readonly policy: string;
  readonly team: number;
  readonly away: number;
  readonly declared_by: string;
  readonly at: string;
}

/** The staffing of desks (`config.staffing`). Every figure is kept: a surge says by which figures it began, and who gave them stays known. */
export class Staffing {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a figure; it holds until the next. */
  async put(policy: string, { team, away, by, at }: StaffingFigure): Promise<void> {
    await this.dataSource.query(
      'INSERT INTO config.staffing (policy, team, away, declared_by, at) VALUES ($1, $2, $3, $4, $5)',
      [policy, team, away, by, at],
    );
  }

  /** The figure that holds; null where none was given. */
  async of(policy: string): Promise<StaffingFigure | null> {
    const [row]: StaffingRow[] = await this.dataSource.query(
      `SELECT policy, team, away, declared_by, at FROM config.staffing WHERE policy = $1 ORDER BY figure DESC LIMIT 1`,
      [policy],
    );
    if (row === undefined) return null;
    const { team, away, declared_by: by, at } = row;
    return { team, away, by, at: Number(at) };
  }
}
