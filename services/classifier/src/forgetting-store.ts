import type { ForgetRecord, KnownWords } from '@punctual/contracts';
import { withoutPeople } from '@punctual/contracts';
import type { Sql } from '@punctual/stream';
import { park, unpark } from './classifier-store.js';

/** Rewrites what stands aside of a ticket without text and people; returns how many records. */
export async function forgetParked(sql: Sql, forget: ForgetRecord, known: KnownWords): Promise<number> {
  const parked = await unpark(sql, [forget]);
  await park(
    sql,
    parked.map((one) => ({ ...one, value: { ...one.value, event: withoutPeople(one.value.event, known) } })),
  );
  return parked.length;
}

/** Notes what was erased. A request that comes again finds its note. */
export async function noteForgotten(
  sql: Sql,
  { requestId, source, ticket, at }: ForgetRecord,
  erased: { readonly inputs: number; readonly parked: number; readonly fieldsKept: boolean },
): Promise<void> {
  await sql.query(
    `INSERT INTO classifier.forgotten (request_id, source, ticket, requested_at, inputs, parked, fields_kept)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [requestId, source, ticket, at, erased.inputs, erased.parked, erased.fieldsKept],
  );
}
