import { formatInstant, type Instant } from '@punctual/contracts';
import type { DeskPolicy } from '@punctual/policy';
import {
  changeRecord,
  judgedTicket,
  pairPromises,
  PolicyComparison,
  type AttainmentComparison,
  type JudgedTicket,
  type MostImportant,
  type VerdictChange,
} from '@punctual/sla-engine';
import { judgeTicketEvents } from '../history/fold-history.js';
import { readHistory, type History } from '../history/read-history.js';
import { untilOf } from '../history/until.js';
import { readPolicy, type ReadyPolicy } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { instantOption } from '../terminal/instant-option.js';
import { Output } from '../terminal/output.js';
import { progressOf } from '../terminal/progress.js';
import { UserError } from '../user-error.js';
import { attainmentTable, kindCounts, tellChange } from '../what-if/report-what-if.js';
import { byUrgency } from './simulate.js';

export interface WhatIfOptions {
  /** Policy A. */
  readonly policy: string;
  /** Policy B. */
  readonly compare: string;
  readonly events: string;
  readonly until?: string;
  readonly most?: string;
  readonly json?: boolean;
}

/** How many changes are listed where nothing is said. */
const LISTED = 20;

interface Comparison {
  readonly rows: readonly AttainmentComparison[];
  readonly tickets: number;
  readonly coveredA: number;
  readonly coveredB: number;
  readonly changes: MostImportant;
}

/** Judges a whole history under two policies and tells what changes and why. The same input gives the same bytes. */
export async function whatIf(options: WhatIfOptions): Promise<ExitCode> {
  const untilOption = instantOption('--until', options.until);
  const most = mostOf(options.most);
  const a = await readPolicy(options.policy);
  const b = await readPolicy(options.compare);
  const history = await readHistory(options.events);
  const { until, flawed } = untilOf(options.events, history, untilOption);
  if (until === null) return 0;
  const output = Output.stdout();
  const comparison = await compare(history, a, b, until, options.json ? 0 : most, (change) =>
    options.json ? output.line(JSON.stringify(changeRecord(change))) : undefined,
  );
  const lines = options.json
    ? [summaryLine(comparison, a.policy, b.policy, history, until)]
    : report(comparison, a.policy, b.policy, history, until);
  for (const line of lines) await output.line(line);
  await output.close();
  return flawed ? 2 : 0;
}

function mostOf(text: string | undefined): number {
  if (text === undefined) return LISTED;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UserError(`--most '${text}' is not a number of changes`, { where: '--most', fix: 'write 0 to 999999' });
}

/** One ticket after the other: of the clocks only what attainment needs is kept, of the changes what is to be shown. */
async function compare(
  history: History,
  a: ReadyPolicy,
  b: ReadyPolicy,
  until: Instant,
  most: number,
  tell: (change: VerdictChange) => Promise<void> | undefined,
): Promise<Comparison> {
  const pairs = pairPromises(a.resolved.document.promises, b.resolved.document.promises);
  const comparison = new PolicyComparison(most);
  const progress = await progressOf('comparing', history.tickets.length, 'events');
  for (const [index, ticket] of history.tickets.entries()) {
    const first = ticket.events[0];
    if (!first || first.occurredAt > until) continue;
    const judge = judgeTicketEvents(ticket, until);
    const under = (policy: DeskPolicy): JudgedTicket => {
      const { folded, decisions } = judge(policy);
      return judgedTicket(folded, policy, decisions, until);
    };
    for (const change of comparison.add(under(a.policy), under(b.policy), pairs)) await tell(change);
    progress.update(index + 1);
  }
  progress.stop();
  const priorities = [...a.policy.priorities, ...b.policy.priorities].map(({ name }) => name);
  const rows = comparison.attainment().sort(byUrgency(priorities));
  const { tickets, coverage, changes } = comparison;
  return { rows, tickets, coveredA: coverage.a, coveredB: coverage.b, changes };
}

function report(
  { rows, tickets, coveredA, coveredB, changes }: Comparison,
  a: DeskPolicy,
  b: DeskPolicy,
  history: History,
  until: Instant,
): string[] {
  const lines = [
    `A: policy ${a.id} (${a.version.slice(0, 12)}), ${coveredA} of ${tickets} tickets covered`,
    `B: policy ${b.id} (${b.version.slice(0, 12)}), ${coveredB} of ${tickets} tickets covered`,
    `${history.events} events, up to ${formatInstant(until)}`,
    '',
    ...(rows.length > 0 ? attainmentTable(rows) : ['No clock ever ran.']),
    '',
  ];
  if (changes.count === 0) return [...lines, 'Nothing changes.'];
  const counted = `${changes.count} clock${changes.count === 1 ? '' : 's'}`;
  lines.push(`${counted} of ${changes.tickets.size} ticket${changes.tickets.size === 1 ? '' : 's'} would change:`, '');
  lines.push(...kindCounts(changes.kinds()));
  const listed = changes.list();
  for (const change of listed) lines.push('', ...tellChange(changeRecord(change)));
  const rest = changes.count - listed.length;
  if (rest > 0) lines.push('', `and ${rest} more (--most lists more, --json all)`);
  return lines;
}

function summaryLine(
  { rows, tickets, coveredA, coveredB, changes }: Comparison,
  a: DeskPolicy,
  b: DeskPolicy,
  history: History,
  until: Instant,
): string {
  const side = (row: AttainmentComparison['a']): object | null =>
    row && { kept: row.kept, late: row.breached + row.missed, attainment: row.attainment };
  return JSON.stringify({
    summary: {
      a: { policy: a.id, version: a.version, covered: coveredA },
      b: { policy: b.id, version: b.version, covered: coveredB },
      events: history.events,
      tickets,
      until: formatInstant(until),
      changedClocks: changes.count,
      changedTickets: changes.tickets.size,
      kinds: Object.fromEntries(changes.kinds()),
      attainment: rows.map(({ a: ofA, b: ofB, ...row }) => ({ ...row, a: side(ofA), b: side(ofB) })),
    },
  });
}
