import type { EscalationView } from '@punctual/sla-engine';
import type { Colours } from '../terminal/colour.js';
import { formatTable } from '../terminal/table.js';
import type { LocalTimes } from './local-times.js';

/** The escalations that were raised as lines of text: which, when, and who answers for it by now. */
export function listEscalations(
  escalations: readonly EscalationView[],
  local: LocalTimes,
  { bold, dim, green, yellow, red }: Colours,
): string[] {
  const paint = { raised: red, acknowledged: yellow, resolved: green };
  const when = (answer: EscalationView['resolved']): string => (answer === null ? '' : local.format(answer.at));
  const columns = [
    { title: '  escalation' },
    { title: 'of' },
    { title: 'raised' },
    { title: 'acknowledged' },
    { title: 'resolved' },
    { title: 'stands' },
  ];
  const rows = escalations.map(({ step, promise, cycle, raisedAt, acknowledged, resolved, standing }) => [
    `  ${step ?? 'asked for'}`,
    promise === null ? 'the ticket' : `${promise}, cycle ${cycle}`,
    local.format(raisedAt),
    when(acknowledged),
    when(resolved),
    paint[standing](standing),
  ]);
  return [bold('Escalations'), ...formatTable(columns, rows), dim(`  times in ${local.zone}`)];
}
