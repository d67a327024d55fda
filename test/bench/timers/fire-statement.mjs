// What a job does: the ticket's new state and an outbox row, for all the tickets it is given in one statement.

const value = JSON.stringify({ type: 'sla.clock.breached', filler: 'e'.repeat(1_000) });
const state = JSON.stringify({ state: 'b'.repeat(800) });

/** `{ text, values }` for the tickets `ids`. */
export function fireStatement(ids) {
  return {
    text: `WITH changed AS (UPDATE ticket SET state = $2::json WHERE id = ANY ($1::integer[]) RETURNING id)
           INSERT INTO outbox (id, value) SELECT id, $3 FROM changed`,
    values: [ids, state, value],
  };
}
