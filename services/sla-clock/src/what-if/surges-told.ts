import type { SurgeInterval } from '@punctual/sla-engine';
import type { DataSource } from 'typeorm';
import { databaseSql } from '../storage/database-sql.js';
import { loadSurges } from '../storage/surge-store.js';

/** The surges of one policy's desk as each partition has been told of them, oldest first. */
export class SurgesTold {
  private constructor(private readonly byPartition: ReadonlyMap<number, readonly SurgeInterval[]>) {}

  static async load(dataSource: DataSource, partitions: readonly number[], policy: string): Promise<SurgesTold> {
    const told = await loadSurges(databaseSql(dataSource), partitions);
    const own = Map.groupBy(
      told.filter((one) => one.policy === policy),
      ({ partition }) => partition,
    );
    return new SurgesTold(
      new Map([...own].map(([partition, rows]) => [partition, rows.map(({ surge }) => surge)] as const)),
    );
  }

  on(partition: number): readonly SurgeInterval[] {
    return this.byPartition.get(partition) ?? [];
  }
}
