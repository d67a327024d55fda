import { formatDuration, type MovedDeadlines } from '@punctual/sla-engine';
import { formatTable } from '../terminal/table.js';
import { tellChange } from '../what-if/report-what-if.js';
import type { PublicationPreview } from './preview-client.js';

/** What a publication would do: how much was looked at, a table of counts, and the most important changes. */
export function reportPreview({ tickets, clocks, changes, more }: PublicationPreview): string[] {
  const lines = [
    `${tickets.lookedAt} of the ${counted(tickets.concerned, 'ticket')} it concerns looked at, with ${counted(clocks.lookedAt, 'running clock')}`,
  ];
  if (tickets.notYet > 0) {
    lines.push(`${counted(tickets.notYet, 'of them', 'of them')} in a session whose time has not come to that instant`);
  }
  if (clocks.touched === 0 && tickets.touched === 0) return [...lines, 'It changes none of them.'];
  const row = (count: number, what: string): string[][] => (count === 0 ? [] : [[String(count), what]]);
  const table = formatTable(
    [{ title: 'clocks', align: 'right' }, { title: 'what the publication does' }],
    [
      ...row(clocks.touched, `touched, of ${counted(tickets.touched, 'ticket')}`),
      ...row(clocks.newlyBreached, 'newly breached'),
      ...row(clocks.breachesTakenBack, 'breach taken back'),
      ...row(clocks.dueEarlier.clocks, `due earlier${byHowMuch(clocks.dueEarlier)}`),
      ...row(clocks.dueLater.clocks, `due later${byHowMuch(clocks.dueLater)}`),
      ...row(clocks.cancelled, 'cancelled'),
      ...row(clocks.started, 'started'),
    ],
  );
  lines.push('', ...table, '', 'As it stands (A) and with the publication (B):');
  for (const change of changes) lines.push('', ...tellChange(change));
  if (more > 0) lines.push('', `and ${more} more (--most lists more)`);
  return lines;
}

function byHowMuch({ medianMs, mostMs }: MovedDeadlines): string {
  if (medianMs === null || mostMs === null) return '';
  return `, by ${formatDuration(medianMs)} (median), ${formatDuration(mostMs)} at most`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
