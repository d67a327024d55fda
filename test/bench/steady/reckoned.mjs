// What the services reckon from a ticket's name: without it a copy would be known for one, and folded from its start with its first event.
import { createHash } from 'node:crypto';
import { digestDecisions } from '../../../libs/sla-engine/dist/timeline.js';
import { connect } from '../timers/connect.mjs';
import { copies } from './open-tickets.mjs';

/** The names of the tickets that went through the services, and what a copy has instead of its model's (see ../timers/copy-tickets.mjs). */
export async function reckonedFrom(databaseUrl) {
  const client = await connect(databaseUrl);
  const { rows } = await client.query(
    `SELECT c.source, c.ticket, c.policy, c.policy_version, c.priority_history, c.coverage_history, t.state->>'decisionsSeen' AS digest
       FROM classifier.ticket c JOIN sla_clock.ticket t USING (source, ticket) WHERE starts_with(c.ticket, $1)`,
    [copies.from],
  );
  await client.end();
  const models = new Map(rows.map((row) => [row.ticket, row]));
  for (const row of rows) checkModel(row);
  return { models: [...models.keys()], reckoned: (model, name) => pairsOf(models.get(model), name) };
}

/** The ids of decisions, and the digest of them all. */
function pairsOf(row, name) {
  const renamed = row.priority_history.map((decision) => ({
    ...decision,
    decisionId: decisionId(row, name, decision),
  }));
  return [
    ...row.priority_history.map((decision, place) => [decision.decisionId, renamed[place].decisionId]),
    [`"${row.digest}"`, `"${digestDecisions(renamed, row.coverage_history)}"`],
  ];
}

/** As the classifier makes it. */
function decisionId({ source, policy, policy_version: version }, ticket, { eventId }) {
  const content = JSON.stringify(['priority', source, ticket, eventId, policy, version]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** That what is reckoned here is what the services reckoned. */
function checkModel(row) {
  for (const [was, is] of pairsOf(row, row.ticket)) {
    if (was !== is)
      throw new Error(`the services reckon other ids than this benchmark: ${was} of ${row.ticket}, not ${is}`);
  }
}
