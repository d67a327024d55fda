import { parseInstant, type Instant } from '@punctual/contracts';
import { localToInstant, zoneClock, type ZoneClock } from './local-time.js';

/** Reads a time as a mapping describes it: the instant (epoch ms), or null where the text is no such time. */
export type TimeReader = (text: string) => Instant | null;

export interface TimeFormat {
  /** `iso`, `iso-local`, `epoch-s`, `epoch-ms`, `epoch-us`, or a pattern such as `%d/%m/%Y %H:%M:%S`. */
  readonly format: string;
  /** IANA zone of local times. */
  readonly zone?: string | undefined;
}

const isoLocal = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?$/;

/** Compiles a time format, or says what is wrong with it. A local time is never read without a zone, nor an offset against one. */
export function timeReader({ format, zone }: TimeFormat): TimeReader | { readonly problem: string } {
  const clock = zone === undefined ? null : zoneClock(zone);
  if (zone !== undefined && clock === null)
    return { problem: `'${zone}' is not an IANA time zone, such as Europe/Rome` };
  if (format.includes('%')) return patternReader(format, clock);
  if (format === 'iso-local') return clock ? isoLocalReader(clock) : { problem: needsZone(format) };
  if (clock) return { problem: `times in the format '${format}' say their own offset: leave out 'zone'` };
  if (format === 'iso') return readIso;
  if (format === 'epoch-s') return (text) => epoch(text, 1000, 1);
  if (format === 'epoch-ms') return (text) => epoch(text, 1, 1);
  if (format === 'epoch-us') return (text) => epoch(text, 1, 1000);
  return {
    problem: `'${format}' is not a time format: use iso, iso-local, epoch-s, epoch-ms, epoch-us or a pattern such as %d/%m/%Y %H:%M`,
  };
}

function needsZone(format: string): string {
  return `times in the format '${format}' are local: name their 'zone', such as Europe/Rome; it is never guessed`;
}

function readIso(text: string): Instant | null {
  return parseInstant(
    text.length > 10 && text[10] === ' ' ? `${text.slice(0, 10)}T${text.slice(11).replace(/ (?=[+-])/, '')}` : text,
  );
}

/** Divided rather than multiplied by a fraction, which would cut a whole millisecond now and then. */
function epoch(text: string, times: number, by: number): Instant | null {
  return /^-?\d{1,16}(\.\d+)?$/.test(text) ? Math.floor((Number(text) * times) / by) : null;
}

function isoLocalReader(clock: ZoneClock): TimeReader {
  return (text) => {
    const match = isoLocal.exec(text);
    if (!match) return null;
    const [, year, month, day, hour, minute, second = '0', fraction = ''] = match;
    const wall = wallTime(
      Number(year),
      Number(month),
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      fraction,
    );
    return wall === null ? null : localToInstant(wall, clock);
  };
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const directives: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  b: '(?<b>[A-Za-z]{3,9})\\.?',
  B: '(?<b>[A-Za-z]{3,9})\\.?',
  H: '(?<H>\\d{1,2})',
  I: '(?<I>\\d{1,2})',
  p: '(?<p>[AaPp]\\.?[Mm]\\.?)',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  f: '(?<f>\\d{1,9})',
  z: '(?<z>[Zz]|[+-]\\d{2}:?\\d{2})',
  '%': '%',
};

function patternReader(format: string, clock: ZoneClock | null): TimeReader | { readonly problem: string } {
  const parts = format.split(/(%.?)/s);
  const used = parts.filter((part) => part.startsWith('%')).map((part) => part.slice(1));
  const unknown = used.find((letter) => directives[letter] === undefined);
  if (unknown !== undefined)
    return {
      problem: `'%${unknown}' is not a directive: use ${Object.keys(directives)
        .map((d) => `%${d}`)
        .join(' ')}`,
    };
  const missing = [['Y', 'y'], ['m', 'b', 'B'], ['d'], ['H', 'I'], ['M']].find(
    (group) => !group.some((letter) => used.includes(letter)),
  );
  if (missing) return { problem: `the pattern lacks ${missing.map((letter) => `%${letter}`).join(' or ')}` };
  const named = used.filter((letter) => letter !== '%').map((letter) => letter.replace('B', 'b'));
  if (new Set(named).size < named.length) return { problem: 'a directive stands twice in the pattern' };
  if (used.includes('I') !== used.includes('p')) return { problem: '%I (12-hour clock) and %p (AM or PM) go together' };
  if (used.includes('z') && clock) return { problem: "a pattern with %z says its own offset: leave out 'zone'" };
  if (!used.includes('z') && !clock) return { problem: needsZone(format) };
  const source = parts
    .map((part) => (part.startsWith('%') ? (directives[part.slice(1)] ?? '') : literal(part)))
    .join('');
  const regex = new RegExp(`^${source}$`);
  return (text) => {
    const groups = regex.exec(text)?.groups;
    if (!groups) return null;
    const wall = wallOfGroups(groups);
    if (wall === null) return null;
    return clock ? localToInstant(wall, clock) : wall - offsetMs(groups['z'] ?? 'Z');
  };
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
}

function wallOfGroups(groups: Readonly<Record<string, string | undefined>>): number | null {
  const year = groups['Y'] === undefined ? 2000 + Number(groups['y']) : Number(groups['Y']);
  const month =
    groups['b'] === undefined ? Number(groups['m']) : monthNames.indexOf(groups['b'].slice(0, 3).toLowerCase()) + 1;
  let hour = Number(groups['H'] ?? groups['I']);
  if (groups['p'] !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (/^p/i.test(groups['p']) ? 12 : 0);
  }
  return wallTime(
    year,
    month,
    Number(groups['d']),
    hour,
    Number(groups['M']),
    Number(groups['S'] ?? 0),
    groups['f'] ?? '',
  );
}

/** A local date and time as if it were UTC, epoch ms; null where there is no such date or time. Digits beyond the ms are cut. */
function wallTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string,
): number | null {
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3)));
  const date = new Date(wall);
  const exists =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return exists ? wall : null;
}

function offsetMs(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const digits = text.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}
