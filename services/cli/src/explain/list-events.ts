import type { TicketEvent } from '@punctual/contracts';
import { sayEvent } from '@punctual/sla-engine';
import type { Colours } from '../terminal/colour.js';
import { formatTable } from '../terminal/table.js';
import type { LocalTimes } from './local-times.js';

/** The events behind an explanation as lines of text, by the ids that the stretches name. */
export function listEvents(events: readonly TicketEvent[], local: LocalTimes, { bold, dim }: Colours): string[] {
  const columns = [{ title: '  event' }, { title: 'at' }, { title: 'what happened' }];
  const rows = events.map((event) => [`  ${event.id}`, local.format(event.occurredAt), sayEvent(event)]);
  return [bold('Events behind it'), ...formatTable(columns, rows), dim(`  times in ${local.zone}`)];
}
