import type { Sql } from '@punctual/stream';
import type { DataSource } from 'typeorm';

/** How a statement reads a table: the node of its plan, the index where there is one, and the rows it came to. */
export interface Scan {
  readonly type: string;
  readonly index: string;
  readonly rows: number;
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Plan[];
}

/** How the one statement that `ask` sends reads tables; it is executed, and its rows are not given back. */
export async function scansOf(dataSource: DataSource, ask: (sql: Sql) => Promise<unknown>): Promise<Scan[]> {
  const plans: Plan[] = [];
  await ask({
    query: async (text, parameters = []) => {
      const explained = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`;
      const [row]: { 'QUERY PLAN': [{ Plan: Plan }] }[] = await dataSource.query(explained, [...parameters]);
      if (row) plans.push(row['QUERY PLAN'][0].Plan);
      return [];
    },
  });
  const scans: Scan[] = [];
  for (let plan = plans.pop(); plan; plan = plans.pop()) {
    const { 'Node Type': type, 'Index Name': index = '', 'Actual Rows': rows, Plans: below } = plan;
    if (type.includes('Scan') && !below) scans.push({ type, index, rows });
    plans.push(...(below ?? []));
  }
  return scans;
}
