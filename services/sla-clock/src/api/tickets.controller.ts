import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ProblemError } from '@punctual/service-kit';
import { TICKET_READING } from '../tokens.js';
import { readTicket, type TicketReading } from './ticket-view.js';

/** A ticket with its clocks and why they stand as they do. */
@Controller('v1/tickets')
export class TicketsController {
  constructor(@Inject(TICKET_READING) private readonly reading: TicketReading) {}

  @Get(':source/:ticket')
  @ApiOperation({ summary: 'A ticket, its clocks, and the stretches of time each clock is made of' })
  @ApiOkResponse({ description: 'The ticket at its partition’s time; `provisional` where that has not settled.' })
  @ApiNotFoundResponse({ description: 'No event of this ticket has come this far: problem `unknown_ticket`.' })
  async read(@Param('source') source: string, @Param('ticket') ticket: string) {
    const view = await readTicket(this.reading, source, ticket);
    if (view !== null) return view;
    throw new ProblemError({
      status: 404,
      code: 'unknown_ticket',
      title: 'No such ticket',
      detail:
        `Nothing is known of ticket '${ticket}' of source '${source}'. Check the source's exact name (percent-encoded in the ` +
        'path), that its events were accepted by intake, and that the classifier is not behind.',
    });
  }
}
