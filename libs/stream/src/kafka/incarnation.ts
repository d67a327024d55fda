import type { EncodedRecord } from '../encoded-record.js';
import type { Sql } from '../event-log.js';

/** The header that says that an output may repeat one of an earlier incarnation: whoever reads it leaves out ids seen before. */
export const INCARNATION_HEADER = 'incarnation';

/** How often the database was recovered against its log; 0: never. */
export async function readIncarnation(sql: Sql): Promise<number> {
  const [store] = await sql.query<{ incarnation: number }>('SELECT incarnation FROM stream.store');
  return store?.incarnation ?? 0;
}

export function withIncarnation<Output extends EncodedRecord>(
  outputs: readonly Output[],
  incarnation: number,
): readonly Output[] {
  if (incarnation === 0) return outputs;
  const header = { [INCARNATION_HEADER]: String(incarnation) };
  return outputs.map((output) => ({ ...output, headers: { ...output.headers, ...header } }));
}
