import { Controller, Get, Inject, Param } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiGoneResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { formatInstant } from '@punctual/contracts';
import { ProblemError } from '@punctual/service-kit';
import type { TicketRow } from '../fold/ticket-row.js';
import { TICKET_READING } from '../tokens.js';
import { explainReadout } from './explain-view.js';
import { readLinks } from './links-view.js';
import { readOut, readTicket, type TicketReading, type TicketReadout } from './ticket-view.js';

/** A ticket with its clocks and why they stand as they do. */
@Controller('v1/tickets')
export class TicketsController {
  constructor(@Inject(TICKET_READING) private readonly reading: TicketReading) {}

  @Get(':source/:ticket')
  @ApiOperation({ summary: 'A ticket, its clocks, and the stretches of time each clock is made of' })
  @ApiOkResponse({
    description:
      'The ticket at its partition’s time; `provisional` where that has not settled. `links`: related tickets, whichever names the other.',
  })
  @ApiNotFoundResponse({ description: 'No event of this ticket has come this far: problem `unknown_ticket`.' })
  async read(@Param('source') source: string, @Param('ticket') ticket: string) {
    const view = await readTicket(this.reading, source, ticket);
    if (view === null) throw unknownTicket(source, ticket);
    return view;
  }

  @Get(':source/:ticket/explain')
  @ApiOperation({ summary: 'Why each clock stands where it stands, in sentences, with the events behind it' })
  @ApiOkResponse({
    description:
      'Verdicts, the stretches that add up to them, the events that began these, and the tickets it is linked with.',
  })
  @ApiNotFoundResponse({ description: 'No event of this ticket has come this far: problem `unknown_ticket`.' })
  @ApiGoneResponse({ description: 'The ticket is sealed and its events are gone: problem `sealed`, with since when.' })
  @ApiConflictResponse({
    description: 'The ticket cannot be folded now: problem `ticket_not_folded`, with the reason.',
  })
  async explain(@Param('source') source: string, @Param('ticket') ticket: string) {
    const readout = await readOut(this.reading, source, ticket);
    if (readout === null) throw unknownTicket(source, ticket);
    if (readout.row.sealedAt !== null) throw sealedTicket(readout.row);
    if (readout.folding === null) throw notFolded(readout);
    const links = await readLinks(this.reading.sql, readout.row, readout.folding.state);
    return { ...explainReadout(readout, readout.folding), links };
  }
}

function unknownTicket(source: string, ticket: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'unknown_ticket',
    title: 'No such ticket',
    detail:
      `Nothing is known of ticket '${ticket}' of source '${source}'. Check the source's exact name (percent-encoded in the ` +
      'path), that its events were accepted by intake, and that the classifier is not behind.',
  });
}

function sealedTicket({ source, ticket, sealedAt }: TicketRow): ProblemError {
  return new ProblemError({
    status: 410,
    code: 'sealed',
    title: 'Its timeline is not kept any more',
    detail:
      `Ticket '${ticket}' of source '${source}' is sealed since ${formatInstant(sealedAt ?? 0)}: its verdicts stand (GET the ticket ` +
      'itself), and the events that explained them are gone. `retention.sealAfter` of its policy says when that happens.',
  });
}

function notFolded({ row }: TicketReadout): ProblemError {
  const detail =
    row.quarantined === null
      ? `Policy '${row.policy}' is not published, so nothing is known of its promises. Publish it, and ask again.`
      : `The ticket was set aside because folding it failed: ${row.quarantined}. Once the cause is mended, redrive it.`;
  return new ProblemError({
    status: 409,
    code: 'ticket_not_folded',
    title: 'Its clocks cannot be explained now',
    detail,
  });
}
