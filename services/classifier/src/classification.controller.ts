import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ProblemError } from '@punctual/service-kit';
import { DATA_SOURCE } from './tokens.js';
import type { DataSource } from 'typeorm';
import type { DecisionRecord } from '@punctual/classification';
import { formatInstant } from '@punctual/contracts';

interface StoredTicket {
  policy: string;
  policy_version: string;
  revision: number;
  priority_history: readonly { readonly priority: string; readonly at: number }[];
  coverage_history: readonly { readonly exclusion: string | null; readonly at: number }[];
  quarantined: string | null;
}

/** Why a ticket has the priority it has. */
@Controller('v1/tickets')
export class ClassificationController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Every decision about the ticket, in the order of the events that caused them, with facts and where their evidence stands. */
  @Get(':source/:ticket/classification')
  async read(@Param('source') source: string, @Param('ticket') ticket: string) {
    const [row]: StoredTicket[] = await this.dataSource.query(
      `SELECT policy, policy_version, revision, priority_history, coverage_history, quarantined
         FROM classifier.ticket WHERE source = $1 AND ticket = $2`,
      [source, ticket],
    );
    if (row === undefined) throw unknownTicket(source, ticket);
    const decisions: { event_id: string; at: string; outcome: string; decision: DecisionRecord['decision'] }[] =
      await this.dataSource.query(
        `SELECT event_id, at, outcome, decision FROM classifier.decision
          WHERE source = $1 AND ticket = $2 ORDER BY at, event_id`,
        [source, ticket],
      );
    return {
      source,
      ticket,
      policy: row.policy,
      policyVersion: row.policy_version,
      revision: row.revision,
      quarantined: row.quarantined,
      priority: row.priority_history.at(-1)?.priority ?? null,
      priorityHistory: row.priority_history.map((decision) => ({ ...decision, at: formatInstant(decision.at) })),
      coverageHistory: row.coverage_history.map((decision) => ({ ...decision, at: formatInstant(decision.at) })),
      decisions: decisions.map(({ event_id, at, outcome, decision }) => ({
        eventId: event_id,
        at: formatInstant(Number(at)),
        outcome,
        ...decision,
      })),
    };
  }
}

function unknownTicket(source: string, ticket: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'unknown_ticket',
    title: 'No such ticket',
    detail:
      `Nothing has been classified for ticket '${ticket}' of source '${source}'. Check the source's exact name ` +
      '(percent-encoded in the path), and that its events were accepted by intake.',
  });
}
