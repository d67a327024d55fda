import { formatInstant, targets, type Instant } from '@punctual/contracts';
import type { CompiledPolicy, DeskPolicy } from '@punctual/policy';
import {
  attainment,
  formatDuration,
  promisedShares,
  type AttainmentRow,
  type ClockView,
  type PromisedShare,
} from '@punctual/sla-engine';
import { foldTicketEvents } from '../history/fold-history.js';
import { compareText, readHistory, type History } from '../history/read-history.js';
import { untilOf } from '../history/until.js';
import { readPolicy } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { instantOption } from '../terminal/instant-option.js';
import { Output } from '../terminal/output.js';
import { progressOf } from '../terminal/progress.js';
import { formatTable, type Column } from '../terminal/table.js';

export interface SimulateOptions {
  readonly policy: string;
  readonly events: string;
  readonly until?: string;
  readonly json?: boolean;
}

type UrgencyRow = Pick<AttainmentRow, 'target' | 'priority' | 'commitment'>;

interface JudgedClock {
  readonly source: string;
  readonly ticket: string;
  readonly clock: ClockView;
}

interface Simulation {
  readonly clocks: readonly JudgedClock[];
  readonly covered: number;
  /** Tickets outside every promise, by reason. */
  readonly notCovered: ReadonlyMap<string, number>;
}

/** Judges a whole history under a policy, up to an instant (default: its last event). The same input gives the same bytes. */
export async function simulate(options: SimulateOptions): Promise<ExitCode> {
  const untilOption = instantOption('--until', options.until);
  const { policy } = await readPolicy(options.policy);
  const history = await readHistory(options.events);
  const { until, flawed } = untilOf(options.events, history, untilOption);
  if (until === null) return 0;
  const simulation = await judge(history, policy, until);
  const output = Output.stdout();
  const lines = options.json ? verdictLines(simulation.clocks) : report(simulation, policy, history, until);
  for (const line of lines) await output.line(line);
  await output.close();
  return flawed ? 2 : 0;
}

async function judge(history: History, policy: CompiledPolicy, until: Instant): Promise<Simulation> {
  const clocks: JudgedClock[] = [];
  const notCovered = new Map<string, number>();
  let covered = 0;
  const progress = await progressOf('simulating', history.tickets.length, 'events');
  for (const [index, ticket] of history.tickets.entries()) {
    const first = ticket.events[0];
    if (!first || first.occurredAt > until) continue;
    const folded = foldTicketEvents(ticket, policy, until);
    const views = folded.clocks.map((clock) => ({ source: ticket.source, ticket: ticket.ticket, clock }));
    clocks.push(...views.sort(compareClocks));
    if (folded.state.covered) covered++;
    else {
      const last = folded.sayings.findLast(({ draft }) => draft.type === 'sla.ticket.not_covered');
      const reason = last?.draft.reason ?? 'unknown creation';
      notCovered.set(reason, (notCovered.get(reason) ?? 0) + 1);
    }
    progress.update(index + 1);
  }
  progress.stop();
  return { clocks, covered, notCovered };
}

function compareClocks({ clock: a }: JudgedClock, { clock: b }: JudgedClock): number {
  return (
    targets.indexOf(a.target) - targets.indexOf(b.target) ||
    compareText(a.promise, b.promise) ||
    a.startedAt - b.startedAt ||
    a.cycle - b.cycle
  );
}

function* verdictLines(clocks: readonly JudgedClock[]): Generator<string> {
  const text = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));
  for (const { source, ticket, clock } of clocks) {
    yield JSON.stringify({
      source,
      ticket,
      target: clock.target,
      promise: clock.promise,
      commitment: clock.commitment,
      cycle: clock.cycle,
      priority: clock.priority,
      outcome: clock.outcome,
      startedAt: formatInstant(clock.startedAt),
      dueAt: text(clock.dueAt),
      stoppedAt: text(clock.stoppedAt),
      elapsedMs: clock.elapsedMs,
      breachedAt: text(clock.breachedAt),
      lateMs: clock.lateMs,
      waived: clock.waived,
    });
  }
}

/** Waived breaches have a column where there are any. */
function columnsOf(anyWaived: boolean): Column[] {
  const waived = anyWaived ? ['waived'] : [];
  const figures = ['running', 'paused', 'cancelled', 'attainment', 'late p50', 'p90', 'p99', 'max'];
  return [
    { title: 'target' },
    { title: 'priority' },
    { title: 'commitment' },
    ...['kept', 'late', ...waived, ...figures].map((title): Column => ({ title, align: 'right' })),
  ];
}

function report(simulation: Simulation, policy: DeskPolicy, history: History, until: Instant): string[] {
  const clocks = simulation.clocks.map(({ clock }) => clock);
  const rows = attainment(clocks).sort(byUrgency(policy.priorities.map(({ name }) => name)));
  const tickets = simulation.covered + [...simulation.notCovered.values()].reduce((sum, count) => sum + count, 0);
  const lines = [
    `Policy ${policy.id} (${policy.version.slice(0, 12)}), ${history.events} events, ${tickets} tickets, up to ${formatInstant(until)}`,
    '',
  ];
  const anyWaived = rows.some((row) => row.waived > 0);
  const body = rows.map((row) => cells(row, anyWaived));
  if (rows.length > 0) lines.push(...formatTable(columnsOf(anyWaived), body));
  else lines.push('No clock ever ran.');
  const promised = promisedShares(policy.sharePromises, clocks);
  if (promised.length > 0)
    lines.push('', 'Shares that are promised:', ...promised.map((share) => `  ${sayShare(share)}`));
  const measured = rows.filter((row) => row.measured > 0);
  if (measured.length > 0) lines.push('', 'Measured without a promise:');
  for (const row of measured) lines.push(`  ${row.target} ${row.priority ?? '-'}: ${row.measured}`);
  if (simulation.notCovered.size > 0) lines.push('', 'Not covered:');
  for (const [reason, count] of [...simulation.notCovered].sort(([a], [b]) => compareText(a, b)))
    lines.push(`  ${count}  ${reason}`);
  return lines;
}

function sayShare({ promise, target, promised, kept, judged, attainment: share, isKept }: PromisedShare): string {
  const of = `${promise} (${target}): ${percent(promised)} promised`;
  if (share === null) return `${of}, nothing judged yet`;
  return `${of}, ${percent(share)} kept (${kept} of ${judged})${isKept === true ? '' : ': too few'}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function cells(row: AttainmentRow, anyWaived: boolean): string[] {
  const late = row.late
    ? [row.late.p50, row.late.p90, row.late.p99, row.late.max].map(formatDuration)
    : ['-', '-', '-', '-'];
  const waived = anyWaived ? [row.waived] : [];
  const counts = [row.kept, row.breached + row.missed, ...waived, row.running, row.paused, row.cancelled].map(String);
  const share = row.attainment === null ? '-' : percent(row.attainment);
  return [row.target, row.priority ?? '-', row.commitment, ...counts, share, ...late];
}

/** Rows by target, then the most urgent priority first as the policy has it, then commitment. */
export function byUrgency(priorities: readonly string[]): (a: UrgencyRow, b: UrgencyRow) => number {
  const place = (priority: string | null): number => priorities.findIndex((name) => name === priority);
  return (a, b) =>
    targets.indexOf(a.target) - targets.indexOf(b.target) ||
    place(a.priority) - place(b.priority) ||
    compareText(a.commitment, b.commitment);
}
