import { Controller, Get, Inject, Param } from '@nestjs/common';
import { formatInstant } from '@punctual/contracts';
import { ProblemError } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { ClassifiedTicketEntity } from './classified-ticket.entity.js';
import { DecisionEntity } from './decision.entity.js';
import { DATA_SOURCE } from './tokens.js';

/** Why a ticket has the priority it has. */
@Controller('v1/tickets')
export class ClassificationController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Every decision about the ticket, in the order of the events that caused them, with facts and where their evidence stands. */
  @Get(':source/:ticket/classification')
  async read(@Param('source') source: string, @Param('ticket') ticket: string) {
    const row = await this.dataSource.getRepository(ClassifiedTicketEntity).findOne({
      where: { source, ticket },
      select: {
        policy: true,
        policyVersion: true,
        revision: true,
        priorityHistory: true,
        coverageHistory: true,
        quarantined: true,
        removedAt: true,
      },
    });
    if (row === null) throw unknownTicket(source, ticket);
    if (row.removedAt !== null) throw removed(source, ticket, Number(row.removedAt));
    const decisions = await this.dataSource.getRepository(DecisionEntity).find({
      where: { source, ticket },
      select: { eventId: true, at: true, outcome: true, decision: true },
      order: { at: 'ASC', eventId: 'ASC' },
    });
    return {
      source,
      ticket,
      policy: row.policy,
      policyVersion: row.policyVersion,
      revision: row.revision,
      quarantined: row.quarantined,
      priority: row.priorityHistory.at(-1)?.priority ?? null,
      priorityHistory: row.priorityHistory.map((decision) => ({ ...decision, at: formatInstant(decision.at) })),
      coverageHistory: row.coverageHistory.map((decision) => ({ ...decision, at: formatInstant(decision.at) })),
      decisions: decisions.map(({ eventId, at, outcome, decision }) => ({
        eventId,
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

function removed(source: string, ticket: string, since: number): ProblemError {
  return new ProblemError({
    status: 410,
    code: 'sealed',
    title: 'Not kept any more',
    detail:
      `Ticket '${ticket}' of source '${source}' is over for so long that its decisions are not kept since ${formatInstant(since)}. ` +
      'Its verdicts are: ask the SLA clock.',
  });
}
