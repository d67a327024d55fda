// What the benchmark asks PostgreSQL: how far the walk is, when live events were recorded and folded, and whether all is as it should be.
import { connect } from '../timers/connect.mjs';

export async function openWalkDatabase(url) {
  const client = await connect(url);
  const ask = async (text, parameters) => (await client.query(text, parameters)).rows;
  return {
    async walk() {
      const [row] = await ask(
        `SELECT count(*)::integer AS partitions, count(finished_at)::integer AS finished, coalesce(sum(done), 0)::float8 AS done
           FROM sla_clock.policy_walk`,
      );
      return { ...row, isFinished: row.partitions > 0 && row.finished === row.partitions };
    },
    /** Tickets of which an agent can answer some, with their decisions. */
    openTickets: (most) =>
      ask(
        `SELECT ticket, priority_history AS "priorityHistory" FROM sla_clock.ticket
          WHERE is_open ORDER BY md5(ticket) LIMIT $1`,
        [most],
      ),
    /** When each event was committed to its timeline, and when the first thing that was said because of it, epoch ms by event id. */
    async commits(ids) {
      const recorded = await ask(
        `SELECT event_id AS id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at
           FROM sla_clock.ticket_event WHERE event_id = ANY ($1)`,
        [ids],
      );
      const said = await ask(
        `SELECT value->>'cause' AS id, min(extract(epoch FROM pg_xact_commit_timestamp(xmin)))::float8 * 1000 AS at
           FROM sla_clock.sla_event WHERE value->>'cause' = ANY ($1) AND ticket = ANY ($2) GROUP BY 1`,
        [ids, ids.map((id) => id.slice(0, id.lastIndexOf('-')))],
      );
      const byId = (rows) => new Map(rows.map(({ id, at }) => [id, at]));
      return { recorded: byId(recorded), said: byId(said) };
    },
    /** Open tickets not under `version`, and SLA events said twice. */
    async wrong(version) {
      const [row] = await ask(
        `SELECT (SELECT count(*)::integer FROM sla_clock.ticket WHERE is_open AND policy_version <> $1) AS left,
                (SELECT (count(*) - count(DISTINCT event_id))::integer FROM sla_clock.sla_event) AS twice,
                (SELECT count(*)::integer FROM sla_clock.ticket WHERE quarantined IS NOT NULL) AS quarantined`,
        [version],
      );
      return row;
    },
    async settle() {
      await client.query('VACUUM (ANALYZE)');
      await client.query('CHECKPOINT');
    },
    close: () => client.end(),
  };
}
