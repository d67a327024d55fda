import type { Instant } from '@punctual/contracts';
import { formatDuration, type ClockExplanation, type ClockView, type ExplainedSegment } from '@punctual/sla-engine';
import type { Colours } from '../terminal/colour.js';
import { formatTable } from '../terminal/table.js';
import type { LocalTimes } from './local-times.js';

export interface DrawStyle {
  readonly colours: Colours;
  readonly unicode: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

type State = ExplainedSegment['state'];

const glyphs: Readonly<Record<'unicode' | 'ascii', Readonly<Record<State | 'due' | 'breach', string>>>> = {
  unicode: { running: '▓', paused: '░', closed: '·', stopped: '─', due: '▲', breach: '✗' },
  ascii: { running: '#', paused: '=', closed: '.', stopped: '-', due: '^', breach: 'X' },
};

/** A list longer than this leaves out its middle; the bar and the sums are of all. */
const MOST_LISTED = 60;

/** One clock as lines of text: what it came to, a bar of its time, and the stretches with local times. */
export function drawClock(
  { clock, segments, longer, stoppedBy }: ClockExplanation,
  local: LocalTimes,
  style: DrawStyle,
): string[] {
  const { bold, dim } = style.colours;
  const title = `${clock.target} ${dim('·')} ${clock.promise}, cycle ${clock.cycle} ${dim('·')} ${clock.commitment}`;
  const lines = [`${bold(title)} ${dim('·')} ${outcome(clock, style.colours)}`];
  lines.push(`  ${summary(clock, local)}`);
  if (longer !== null) lines.push(`  ${longer}`);
  if (segments.length > 0) lines.push(...bar(clock, segments, style), ...list(segments, local, style));
  const counted = segments.reduce((sum, { countedMs }) => sum + countedMs, 0);
  const stretches = `${segments.length} stretch${segments.length === 1 ? '' : 'es'}`;
  const ended = stoppedBy === null ? '' : `, ended by ${stoppedBy}`;
  lines.push(dim(`  counted ${formatDuration(counted)} in ${stretches}${ended}; times in ${local.zone}`));
  return lines;
}

function outcome({ outcome, reason }: ClockView, { green, red, yellow, cyan }: Colours): string {
  const text = reason === null || outcome === 'running' ? outcome : `${outcome} (${reason.replaceAll('_', ' ')})`;
  if (outcome === 'met') return green(text);
  if (outcome === 'breached' || outcome === 'missed') return red(text);
  return outcome === 'running' ? cyan(text) : yellow(text);
}

function summary(clock: ClockView, local: LocalTimes): string {
  const promised =
    clock.targetMs === null ? 'nothing promised, only measured' : `${formatDuration(clock.targetMs)} promised`;
  const parts = [promised, `${formatDuration(clock.elapsedMs)} counted`];
  if (clock.breachedAt !== null) parts.push(`broken at ${local.format(clock.breachedAt)}`);
  else if (clock.dueAt !== null) parts.push(`due ${local.format(clock.dueAt)}`);
  else if (clock.phase === 'paused') parts.push('no deadline while paused');
  if (clock.lateMs !== null) parts.push(`${formatDuration(clock.lateMs)} late`);
  return parts.join(', ');
}

function bar(clock: ClockView, segments: readonly ExplainedSegment[], style: DrawStyle): string[] {
  const from = segments[0]?.from ?? clock.startedAt;
  const end = segments.at(-1)?.to ?? clock.asOf;
  const mark = clock.breachedAt ?? clock.dueAt;
  // A deadline a little ahead is drawn; one far ahead would squeeze what happened into nothing.
  const to = mark !== null && mark > end && mark - end <= (end - from) * 2 ? mark : end;
  const width = style.width - 4;
  if (to <= from) return [];
  const glyph = style.unicode ? glyphs.unicode : glyphs.ascii;
  const paint = painter(style.colours);
  const cell = (to - from) / width;
  let drawn = '';
  for (let index = 0; index < width; index++) {
    const state = prevailing(segments, from + index * cell, from + (index + 1) * cell);
    drawn += state === null ? ' ' : paint(state, glyph[state]);
  }
  const lines = [`  ${drawn}`];
  if (mark !== null && mark >= from && mark <= to) {
    const at = Math.min(width - 1, Math.floor((mark - from) / cell));
    const breached = clock.breachedAt !== null;
    const sign = breached ? glyph.breach : glyph.due;
    const word = breached ? 'broken' : 'due';
    const text =
      at + word.length + 2 <= width
        ? `${' '.repeat(at)}${sign} ${word}`
        : `${' '.repeat(Math.max(0, at - word.length - 1))}${word} ${sign}`;
    lines.push(`  ${breached ? style.colours.red(text) : text}`);
  }
  return lines;
}

function painter({ green, yellow, dim }: Colours): (state: State, text: string) => string {
  return (state, text) => (state === 'running' ? green(text) : state === 'paused' ? yellow(text) : dim(text));
}

/** The state that fills most of `[from, to)`; null where nothing does. */
function prevailing(segments: readonly ExplainedSegment[], from: Instant, to: Instant): State | null {
  const shares = new Map<State, number>();
  for (const segment of segments) {
    const share = Math.min(segment.to, to) - Math.max(segment.from, from);
    if (share > 0) shares.set(segment.state, (shares.get(segment.state) ?? 0) + share);
  }
  let best: State | null = null;
  for (const [state, share] of shares) if (best === null || share > (shares.get(best) ?? 0)) best = state;
  return best;
}

function list(segments: readonly ExplainedSegment[], local: LocalTimes, style: DrawStyle): string[] {
  const glyph = style.unicode ? glyphs.unicode : glyphs.ascii;
  const row = ({ from, to, state, countedMs, text, eventId, calendar }: ExplainedSegment): string[] => [
    `  ${glyph[state]} ${state}`,
    local.format(from),
    local.format(to),
    formatDuration(countedMs),
    state === 'running'
      ? `${text} [${calendar}${eventId === null ? '' : `, ${eventId}`}]`
      : eventId === null || state === 'closed'
        ? text
        : `${text} [${eventId}]`,
  ];
  const columns = [
    { title: '  state' },
    { title: 'from' },
    { title: 'to' },
    { title: 'counted', align: 'right' as const },
    { title: 'why' },
  ];
  if (segments.length <= MOST_LISTED) return formatTable(columns, segments.map(row));
  const half = MOST_LISTED / 2;
  const left = segments.length - MOST_LISTED;
  const rows = [
    ...segments.slice(0, half).map(row),
    [`  … ${left} more`, '', '', '', ''],
    ...segments.slice(-half).map(row),
  ];
  return formatTable(columns, rows);
}
