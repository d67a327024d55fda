import {
  formatDuration,
  type AttainmentComparison,
  type AttainmentRow,
  type ChangedClock,
  type ChangeRecord,
  type VerdictChangeKind,
} from '@punctual/sla-engine';
import { formatTable, type Column } from '../terminal/table.js';

const right = (title: string): Column => ({ title, align: 'right' });
const columns: readonly Column[] = [
  { title: 'target' },
  { title: 'priority' },
  { title: 'commitment' },
  ...['kept A', 'late A', 'kept B', 'late B', 'attained A', 'attained B', 'difference'].map(right),
];

/** Attainment under both policies, row by row. */
export function attainmentTable(rows: readonly AttainmentComparison[]): string[] {
  const counts = (row: AttainmentRow | null): string[] =>
    row === null ? ['-', '-'] : [String(row.kept), String(row.breached + row.missed)];
  const share = (row: AttainmentRow | null): string =>
    row === null || row.attainment === null ? '-' : `${(row.attainment * 100).toFixed(1)}%`;
  return formatTable(
    columns,
    rows.map(({ target, priority, commitment, a, b, difference }) => [
      target,
      priority ?? '-',
      commitment,
      ...counts(a),
      ...counts(b),
      share(a),
      share(b),
      difference === null ? '-' : points(difference),
    ]),
  );
}

/** A difference of shares in percentage points, with its sign; what rounds to nothing has none. */
function points(difference: number): string {
  const tenths = Math.round(difference * 1_000);
  return `${tenths > 0 ? '+' : tenths < 0 ? '-' : ''}${(Math.abs(tenths) / 10).toFixed(1)} pp`;
}

const words: Readonly<Record<VerdictChangeKind, string>> = {
  kept_to_late: 'kept → late',
  late_to_kept: 'late → kept',
  becomes_late: 'becomes late',
  no_longer_late: 'no longer late',
  only_in_b: 'only in B',
  only_in_a: 'only in A',
  coverage_differs: 'coverage differs',
  outcome_differs: 'outcome differs',
  deadline_only_in_b: 'deadline only in B',
  deadline_only_in_a: 'deadline only in A',
  due_earlier: 'due earlier',
  due_later: 'due later',
  less_remaining: 'less time remains',
  more_remaining: 'more time remains',
  commitment_differs: 'commitment differs',
  priority_differs: 'priority differs',
};

/** How many changes there are of each kind. */
export function kindCounts(kinds: readonly (readonly [VerdictChangeKind, number])[]): string[] {
  return formatTable(
    [right('changes'), { title: 'kind' }],
    kinds.map(([kind, count]) => [String(count), words[kind]]),
  );
}

/** A change in three lines: which clock and what changes, both sides, and why. */
export function tellChange({ source, ticket, target, a, b, kinds, reason }: ChangeRecord): string[] {
  const of = a ?? b;
  const promises = [...new Set([a, b].flatMap((clock) => clock?.promise ?? []))].join(' / ');
  const clock = of === null ? '' : ` · ${String(target)} · ${promises}, cycle ${of.cycle}`;
  const sides = of === null ? [] : [`  A ${tellSide(a)}`, `  B ${tellSide(b)}`];
  return [
    `${ticket} (${source})${clock} · ${kinds.map((kind) => words[kind]).join(', ')}`,
    ...sides,
    `  why: ${reason}`,
  ];
}

function tellSide(clock: ChangedClock | null): string {
  if (clock === null) return '-';
  const when = (at: string | null, what: string): string[] => (at === null ? [] : [`${what} ${at}`]);
  return [
    ...(clock.outcome === 'cancelled' ? [] : [clock.outcome]),
    ...when(clock.dueAt, 'due'),
    ...when(clock.stoppedAt, clock.phase === 'cancelled' ? 'cancelled' : 'stopped'),
    ...(clock.lateMs === null ? [] : [`${formatDuration(clock.lateMs)} late`]),
  ].join(', ');
}
