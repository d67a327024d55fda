// Who folds which partitions, as PostgreSQL knows it, and what became of the events.
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../timers/connect.mjs';

const PATIENCE_MS = 120_000;
const ASK_EVERY_MS = 50;
const groups = ['classifier', 'sla-clock'];

export async function openShares(url, partitions) {
  const client = await connect(url);
  const ask = async (text, parameters) => (await client.query(text, parameters)).rows;
  const positions = () =>
    ask(
      `SELECT group_name || '/' || partition AS place, group_name AS "group", owner, next_offset::float8 AS position
         FROM stream.position WHERE group_name = ANY ($1)`,
      [groups],
    );
  return {
    /** Resolves, ms after the call, when `members` of each group have all partitions among them, each its even share, and every one has moved since. */
    async shared(members) {
      const began = performance.now();
      const first = new Map((await positions()).map(({ place, position }) => [place, position]));
      const moved = new Set();
      const least = Math.floor(partitions / members);
      for (;;) {
        const rows = await positions();
        for (const { place, position } of rows) if (position > (first.get(place) ?? 0)) moved.add(place);
        const isEven = groups.every((group) => {
          const shares = Object.values(
            Object.groupBy(
              rows.filter((row) => row.group === group),
              ({ owner }) => owner,
            ),
          );
          return shares.length === members && shares.every((share) => share.length >= least);
        });
        if (isEven && moved.size === groups.length * partitions) return performance.now() - began;
        if (performance.now() - began > PATIENCE_MS)
          throw new Error(`not shared by ${members} after ${PATIENCE_MS} ms`);
        await sleep(ASK_EVERY_MS);
      }
    },
    /** When each event was committed to its ticket's timeline, epoch ms by event id. */
    async recorded() {
      const rows = await ask(
        `SELECT event_id AS id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at FROM sla_clock.ticket_event`,
      );
      return new Map(rows.map(({ id, at }) => [id, at]));
    },
    close: () => client.end(),
  };
}
