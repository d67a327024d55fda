import type { CompiledPolicy } from '@punctual/policy';
import type { Sql } from '@punctual/stream';
import { queuePlace } from '../fold/queue-place.js';
import { loadMisplaced, replace } from '../storage/queue-store.js';
import { loadTickets } from '../storage/ticket-store.js';

/** Tickets moved at once. */
const SLICE = 1_000;

/** The longest that tickets are moved in one go, ms: other things wait for whoever moves them. */
const LONGEST_MS = 5_000;

/** Gives the waiting tickets of a policy places in its present order, where a version changed it: as many as some seconds allow. */
export async function moveToPresentOrder(sql: Sql, policy: CompiledPolicy): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  for (let left = SLICE; left === SLICE && performance.now() < until;) {
    const misplaced = await loadMisplaced(sql, policy.id, policy.queueOrder, SLICE);
    const rows = await loadTickets(sql, misplaced);
    await replace(
      sql,
      rows.flatMap(({ source, ticket, state }) => {
        const place = queuePlace({ source, ticket }, state, policy);
        return place === null ? [] : [{ source, ticket, place }];
      }),
    );
    left = misplaced.length;
  }
}
