import { describe, expect, it } from 'vitest';
import {
  calendarDrift,
  canonicalJson,
  compileCalendar,
  contentHash,
  evaluateCalendarQuery,
  parseDuration,
  resolveCalendar,
  type CalendarDefinition,
} from './index.js';

const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');
const weekly = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['09:00-17:00']]));
const office: CalendarDefinition = {
  name: 'office',
  zone: 'Europe/Berlin',
  weekly,
  holidays: { countries: [{ country: 'DE' }] },
};

/** SLA-SEMANTICS §2, what the examples of docs/semantics.md do not show. */
describe('a holiday', () => {
  const closedOn = (date: string, holidays: object): boolean => {
    const calendar = compileCalendar({ name: 'h', zone: 'Europe/Berlin', weekly: '24x7', holidays });
    const [from, to] = [at(`${date}T00:00:00+02:00`), at(`${date}T00:00:00+02:00`) + 86_400_000];
    const open = calendar.worked(from, to);
    if (open !== 0 && open !== to - from) throw new Error(`${date} is closed for a part of the day`);
    return open === 0;
  };

  it.each([
    // Corpus Christi is one of Bavaria and not of Berlin; the Peace Festival one of Augsburg alone.
    ['a country', '2026-10-03', { countries: [{ country: 'DE' }] }, true],
    ['a country, not of its states', '2026-06-04', { countries: [{ country: 'DE' }] }, false],
    ['a state', '2026-06-04', { countries: [{ country: 'DE', state: 'BY' }] }, true],
    ['a state, not of another', '2026-06-04', { countries: [{ country: 'DE', state: 'BE' }] }, false],
    ['a region', '2026-08-08', { countries: [{ country: 'DE', state: 'BY', region: 'A' }] }, true],
    ['a region, not of its state', '2026-08-08', { countries: [{ country: 'DE', state: 'BY' }] }, false],
    ['one of several countries', '2026-06-06', { countries: [{ country: 'DE' }, { country: 'SE' }] }, true],
    ['an explicit date', '2026-06-17', { dates: ['2026-06-17'] }, true],
    ['an explicit date, not of the next year', '2027-06-17', { dates: ['2026-06-17'] }, false],
    ['a yearly date', '2027-06-17', { yearly: ['06-17'] }, true],
    [
      'a country, but for a date that is worked',
      '2026-10-03',
      { countries: [{ country: 'DE' }], except: ['2026-10-03'] },
      false,
    ],
  ])('of %s', (_, date, holidays, closed) => {
    expect(closedOn(date, holidays)).toBe(closed);
  });
});

describe('hours of one date', () => {
  const calendar = compileCalendar({
    ...office,
    overrides: { '2026-12-23': ['09:00-13:00'], '2026-12-22': ['07:00-22:00'], '2026-12-26': ['10:00-12:00'] },
    holidays: { countries: [{ country: 'DE' }], except: ['2026-12-26'] },
  });

  it.each([
    ['half a day', '2026-12-23', ['08:00', '12:00']],
    ['a longer day', '2026-12-22', ['06:00', '21:00']],
    ['a Saturday that is a holiday otherwise', '2026-12-26', ['09:00', '11:00']],
    ['a day as any other', '2026-12-21', ['08:00', '16:00']],
  ])('%s', (_, date, utc) => {
    const [from, to] = [at(`${date}T00:00:00Z`), at(`${date}T23:59:59Z`)];
    expect(calendar.openIntervals(from, to)).toEqual([
      { from: at(`${date}T${utc[0]}:00Z`), to: at(`${date}T${utc[1]}:00Z`) },
    ]);
  });
});

describe('calendars composed', () => {
  const tokyo: CalendarDefinition = { name: 'tokyo', zone: 'Asia/Tokyo', weekly };
  const boston: CalendarDefinition = { name: 'boston', zone: 'America/New_York', weekly };
  const [from, to] = [at('2026-03-03T00:00:00Z'), at('2026-03-03T23:00:00Z')];
  const opened = (definition: CalendarDefinition): string[] =>
    compileCalendar(definition)
      .openIntervals(from, to)
      .map(({ from: opens, to: closes }) => `${iso(opens).slice(11, 16)}-${iso(closes).slice(11, 16)}`);

  it('of any are open while one is', () => {
    expect(opened({ name: 'sun', anyOf: [tokyo, office, boston] })).toEqual(['00:00-22:00']);
  });

  it('of all are open while every one is', () => {
    expect(opened({ name: 'both', allOf: [office, boston] })).toEqual(['14:00-16:00']);
    expect(opened({ name: 'none', allOf: [tokyo, boston] })).toEqual([]);
  });
});

describe('business days', () => {
  const calendar = compileCalendar(office);
  it.each([
    ['over a weekend', '2026-03-06T10:00:00Z', 1, false, '2026-03-09T10:00:00Z'],
    ['over Easter and the change of the clocks', '2026-04-02T10:00:00Z', 2, false, '2026-04-08T10:00:00Z'],
    ['the same local time across the change', '2026-03-27T10:00:00Z', 1, false, '2026-03-30T09:00:00Z'],
    ['closed at that time: the next opening', '2026-03-05T20:00:00Z', 1, false, '2026-03-09T08:00:00Z'],
    ['none: the next opening', '2026-03-07T10:00:00Z', 0, false, '2026-03-09T08:00:00Z'],
    ['the end of the day', '2026-03-06T10:00:00Z', 2, true, '2026-03-10T16:00:00Z'],
    ['the end of this day, which is over', '2026-03-06T18:00:00Z', 0, true, '2026-03-09T16:00:00Z'],
  ])('%s', (_, start, days, endOfDay, due) => {
    expect(iso(calendar.addBusinessDays(at(start), days, { endOfDay }))).toBe(due);
  });

  it('counts a night with the date it begins on', () => {
    const nights = compileCalendar({ name: 'n', zone: 'UTC', weekly: { fri: ['22:00-06:00'], mon: ['22:00-06:00'] } });
    expect(iso(nights.addBusinessDays(at('2026-03-06T23:00:00Z'), 1))).toBe('2026-03-09T23:00:00Z');
    expect(iso(nights.addBusinessDays(at('2026-03-06T23:00:00Z'), 1, { endOfDay: true }))).toBe('2026-03-10T06:00:00Z');
  });
});

describe('a skipped date', () => {
  it('has neither hours nor a night, and ends the night before at midnight', () => {
    const nights = compileCalendar({
      name: 'n',
      zone: 'Pacific/Apia',
      weekly: { thu: ['22:00-06:00'], fri: ['09:00-17:00', '22:00-06:00'] },
    });
    expect(nights.openIntervals(at('2011-12-29T12:00:00Z'), at('2012-01-01T12:00:00Z'))).toEqual([
      { from: at('2011-12-30T08:00:00Z'), to: at('2011-12-30T10:00:00Z') },
    ]);
  });
});

describe('a resolved calendar', () => {
  const resolved = resolveCalendar(
    office,
    { from: at('2026-01-01T00:00:00Z'), to: at('2027-01-01T00:00:00Z') },
    { holidays: '3.37.0', zones: '2026c' },
  );

  it('survives JSON and answers as the definition does', () => {
    const stored = compileCalendar(JSON.parse(JSON.stringify(resolved)) as typeof resolved);
    const plain = compileCalendar(office);
    for (const [from, to] of [
      ['2026-01-01', '2026-12-31'],
      ['1990-01-01', '2040-01-01'],
      ['2025-12-20', '2026-01-10'],
    ] as const) {
      expect(stored.worked(at(from), at(to))).toBe(plain.worked(at(from), at(to)));
    }
  });

  it('goes by what it stores inside the horizon and by the rules outside', () => {
    const emptied = compileCalendar({ ...resolved, holidays: [[]] });
    expect(emptied.isOpen(at('2026-01-01T10:00:00Z'))).toBe(true);
    expect(emptied.isOpen(at('2027-01-01T10:00:00Z'))).toBe(false);
  });

  it('names its holidays, and has one hash however its keys are ordered', () => {
    expect(resolved.holidays[0]?.[0]).toEqual({ date: '2026-01-01', name: 'Neujahr' });
    const reordered = Object.fromEntries(Object.entries(resolved).reverse());
    expect(contentHash(reordered)).toBe(contentHash(resolved));
    expect(canonicalJson({ b: 1, a: [undefined, 'x'], c: undefined })).toBe('{"a":[null,"x"],"b":1}');
  });

  it('takes whole-day events of an iCalendar file, with repetitions and exceptions', () => {
    const ics = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART;VALUE=DATE:20250302',
      'DTEND;VALUE=DATE:20250304',
      'RRULE:FREQ=YEARLY',
      'EXDATE;VALUE=DATE:20270302',
      'SUMMARY:Company days',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const calendar = compileCalendar({ name: 'c', zone: 'UTC', weekly: '24x7', holidays: { ics } });
    const open = ['2025-03-01', '2025-03-02', '2026-03-03', '2026-03-04', '2027-03-02'].map((date) =>
      calendar.isOpen(at(date)),
    );
    expect(open).toEqual([true, false, false, true, true]);
  });
});

/** SLA-SEMANTICS §2: stored data decide, and whoever asks is told where newer data would differ. */
describe('what newer data would change in a resolved calendar', () => {
  const horizon = { from: at('2026-01-01T00:00:00Z'), to: at('2028-01-01T00:00:00Z') };
  const resolved = resolveCalendar({ name: 'both', anyOf: [office, { ...office, zone: 'Asia/Tokyo' }] }, horizon);
  const [berlin = [], tokyo = []] = resolved.holidays;
  const zone = resolved.zones['Europe/Berlin'];
  if (zone === undefined) throw new Error('no zone');

  it('is nothing while the data are the same', () => {
    expect(calendarDrift(resolved)).toBeNull();
    expect(calendarDrift(JSON.parse(JSON.stringify(resolved)) as typeof resolved)).toBeNull();
  });

  it('are holidays that were not known, and such as are none any more, of each set of hours', () => {
    const older = {
      ...resolved,
      holidays: [
        berlin.filter(({ date }) => date !== '2026-10-03'),
        [...tokyo, { date: '2027-07-07', name: 'Tanabata' }],
      ],
    };
    expect(calendarDrift(older)).toEqual({
      holidays: [
        { date: '2026-10-03', name: 'Tag der Deutschen Einheit', change: 'added' },
        { date: '2027-07-07', name: 'Tanabata', change: 'gone' },
      ],
      zones: [],
    });
    // Until it is adopted, what is stored decides.
    const single = { ...resolveCalendar({ ...office, weekly: '24x7' }, horizon), holidays: [[]] };
    expect(compileCalendar(single).isOpen(at('2026-10-03T12:00:00Z'))).toBe(true);
  });

  it.each([
    ['whose clocks change no more', zone.transitions.slice(0, 2), zone.offset, '2027-03-28T01:00:00.000Z'],
    [
      'whose clocks change a week later',
      zone.transitions.map((one, index) => (index === 1 ? { ...one, at: one.at + 7 * 86_400_000 } : one)),
      zone.offset,
      '2026-10-25T01:00:00.000Z',
    ],
    ['that is elsewhere from the start', zone.transitions, zone.offset + 3_600_000, '2026-01-01T00:00:00.000Z'],
  ])('is a zone %s, with the instant from which it differs', (_what, transitions, offset, from) => {
    const older = { ...resolved, zones: { ...resolved.zones, 'Europe/Berlin': { ...zone, transitions, offset } } };
    expect(calendarDrift(older)).toEqual({ holidays: [], zones: [{ zone: 'Europe/Berlin', from: at(from) }] });
  });
});

describe('parseDuration', () => {
  it.each([
    ['4h', { kind: 'work', ms: 14_400_000 }],
    ['1h30m', { kind: 'work', ms: 5_400_000 }],
    ['90s', { kind: 'work', ms: 90_000 }],
    ['2 business days', { kind: 'businessDays', days: 2, endOfDay: false }],
    ['1 business day (end of day)', { kind: 'businessDays', days: 1, endOfDay: true }],
  ])('reads %s', (text, duration) => expect(parseDuration(text)).toEqual({ ...duration, text }));

  it.each(['', '0h', '4', '2d', '-1h', '1.5h', '0 business days'])("refuses '%s'", (text) => {
    expect(parseDuration(text)).toHaveProperty('problem.code', 'invalid_duration');
  });
});

describe('evaluateCalendarQuery', () => {
  const query = {
    tz: 'UTC',
    weekly: { mon: [['09:00', '17:00']] },
    op: 'isOpen',
    args: { at: '2026-03-02T09:00:00Z' },
  };

  it.each<[unknown, string]>([
    [null, 'invalid_query'],
    [{ ...query, op: 'open' }, 'unknown_op'],
    [{ ...query, tz: 'Mars/Base' }, 'unknown_zone'],
    [{ ...query, weekly: undefined }, 'invalid_query'],
    [{ ...query, weekly: { mon: [['09:00', '25:00']] } }, 'invalid_time'],
    [{ ...query, holidays: ['2026-02-30'] }, 'invalid_date'],
    [{ ...query, args: { at: '2026-03-02T09:00:00' } }, 'invalid_instant'],
    [{ ...query, args: { at: '0001-03-02T09:00:00Z' } }, 'out_of_range'],
    [{ ...query, weekly: {}, op: 'add', args: { start: '2026-03-02T09:00:00Z', seconds: 1 } }, 'no_opening'],
  ])('%j is refused: %s', (given, code) => expect(evaluateCalendarQuery(given)).toHaveProperty('error.code', code));

  it.each<[string, object, unknown]>([
    ['isOpen', { at: '2026-03-02T17:00:00Z' }, false],
    ['add', { start: '2026-03-02T09:00:00Z', seconds: 0.5 }, '2026-03-02T09:00:00.500Z'],
    ['add', { start: '2026-03-09T10:00:00Z', seconds: -7200 }, '2026-03-02T16:00:00Z'],
    ['subtract', { start: '2026-03-02T16:00:00Z', seconds: -7200 }, '2026-03-09T10:00:00Z'],
    ['between', { start: '2026-03-09T10:00:00Z', end: '2026-03-02T16:00:00Z' }, -7200],
    ['prevClose', { at: '2026-03-09T09:00:00Z' }, '2026-03-02T17:00:00Z'],
  ])('%s %j is %j', (op, args, result) => expect(evaluateCalendarQuery({ ...query, op, args })).toEqual({ result }));

  it('answers null where there is none', () => {
    expect(evaluateCalendarQuery({ ...query, weekly: '24x7', op: 'nextClose' })).toEqual({ result: null });
  });
});
