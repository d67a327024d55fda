import type { AttainmentAnswer, ClockAnswer } from './sla-clock-client.js';
import { formatTable, type Column } from './table.js';

/** What one policy's promises came to. */
export interface PolicyReport {
  /** Whom the policy serves: the company's name, or the policy's own. */
  readonly name: string;
  readonly attainment: readonly AttainmentAnswer[];
  readonly running: readonly ClockAnswer[];
  /** Tickets that no promise covers, by priority. */
  readonly notCovered: ReadonlyMap<string, number>;
}

const columns: readonly Column[] = [
  { title: 'company', align: 'left' },
  { title: 'target', align: 'left' },
  { title: 'priority', align: 'left' },
  { title: 'commitment', align: 'left' },
  { title: 'kept', align: 'right' },
  { title: 'late', align: 'right' },
  { title: 'attained', align: 'right' },
  { title: 'running', align: 'right' },
  { title: 'at risk', align: 'right' },
  { title: 'paused', align: 'right' },
  { title: 'not covered', align: 'right' },
];

/**
 * Promises kept and broken, by company, target, priority and commitment. `late` is breached, or missed for an objective; `at risk` are
 * those among the running of which a warning threshold is crossed; tickets not covered stand with their priority's first row.
 */
export function attainmentTable(reports: readonly PolicyReport[]): string[] {
  return formatTable(columns, reports.flatMap(rowsOf));
}

function rowsOf({ name, attainment, running, notCovered }: PolicyReport): string[][] {
  const left = new Map(notCovered);
  const rows = attainment.map((row) => {
    const priority = row.priority ?? '';
    const uncovered = left.get(priority) ?? 0;
    left.delete(priority);
    const atRisk = running.filter((clock) => isOf(clock, row) && clock.warnings.length > 0).length;
    return [
      ...[row.target, priority, row.commitment, count(row.kept), count(row.breached + row.missed)],
      row.attainment === null ? '' : `${(row.attainment * 100).toFixed(1)} %`,
      ...[count(row.running), count(atRisk), count(row.paused), count(uncovered)],
    ];
  });
  for (const [priority, uncovered] of left) {
    if (uncovered > 0) rows.push(['none', priority, '', '', '', '', '', '', '', count(uncovered)]);
  }
  return rows
    .filter((row) => row.slice(3).some((cell) => cell !== ''))
    .map((row, index) => [index === 0 ? name : '', ...row]);
}

function isOf(clock: ClockAnswer, row: AttainmentAnswer): boolean {
  return clock.target === row.target && clock.priority === row.priority && clock.commitment === row.commitment;
}

/** Nothing is written as nothing: a table of zeros hides its figures. */
function count(value: number): string {
  return value === 0 ? '' : value.toLocaleString('en');
}
