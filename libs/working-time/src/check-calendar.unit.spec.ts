import { describe, expect, it } from 'vitest';
import { checkCalendar, compileCalendar } from './index.js';

const office = { name: 'office', zone: 'Europe/Berlin', weekly: { mon: ['09:00-17:00'] } };
const found = (definition: unknown): string[] => checkCalendar(definition).map(({ code, path }) => `${code} ${path}`);

describe('checkCalendar', () => {
  it('finds nothing wrong with what is right', () => {
    expect(found({ ...office, holidays: { countries: [{ country: 'DE', state: 'BY' }], yearly: ['12-24'] } })).toEqual(
      [],
    );
    expect(found({ name: 'sun', anyOf: [office, { ...office, zone: 'Asia/Tokyo' }] })).toEqual([]);
    expect(found({ ...office, weekly: { mon: ['22:00-06:00'], tue: ['06:00-24:00'] } })).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a number', 7, 'not_a_calendar '],
    ['no name', { ...office, name: '' }, 'missing_name /name'],
    ['an unknown zone', { ...office, zone: 'Europe/Berln' }, 'unknown_zone /zone'],
    ['a misspelt field', { ...office, hollidays: {} }, 'unknown_field /hollidays'],
    ['a misspelt weekday', { ...office, weekly: { monday: ['09:00-17:00'] } }, 'unknown_weekday /weekly/monday'],
    ['a time past the day', { ...office, weekly: { mon: ['09:00-24:30'] } }, 'invalid_hours /weekly/mon/0'],
    [
      'spans that overlap',
      { ...office, weekly: { mon: ['09:00-12:00', '11:00-14:00'] } },
      'overlapping_hours /weekly/mon',
    ],
    [
      'a night into the next hours',
      { ...office, weekly: { sun: ['22:00-10:00'], mon: ['09:00-12:00'] } },
      'overlapping_hours /weekly/sun',
    ],
    ['30 February', { ...office, holidays: { dates: ['2026-02-30'] } }, 'invalid_date /holidays/dates/0'],
    [
      'a country nobody knows',
      { ...office, holidays: { countries: [{ country: 'XX' }] } },
      'unknown_country /holidays/countries/0/country',
    ],
    [
      'a state elsewhere',
      { ...office, holidays: { countries: [{ country: 'DE', state: 'XX' }] } },
      'unknown_state /holidays/countries/0/state',
    ],
    ['a text that is no calendar', { ...office, holidays: { ics: 'hello' } }, 'invalid_ics /holidays/ics'],
    [
      'an override a holiday closes',
      { ...office, holidays: { dates: ['2026-12-24'] }, overrides: { '2026-12-24': ['09:00-12:00'] } },
      'override_on_holiday /overrides/2026-12-24',
    ],
    ['no members', { name: 'x', allOf: [] }, 'no_members /allOf'],
    ['no hours', { ...office, weekly: {} }, 'never_opens '],
    [
      'hours eleven years away',
      { ...office, weekly: {}, overrides: { '2037-05-01': ['10:00-11:00'] } },
      'never_opens ',
    ],
    [
      'members that never meet',
      { name: 'x', allOf: [office, { ...office, weekly: { tue: ['09:00-17:00'] } }] },
      'never_opens ',
    ],
  ])('refuses %s', (_, definition, problem) => {
    expect(found(definition)).toEqual([problem]);
  });

  it('counts ten years from when a calendar begins to be used', () => {
    const once = { ...office, weekly: {}, overrides: { '2037-05-01': ['10:00-11:00'] } };
    expect(checkCalendar(once, Date.UTC(2027, 4, 1, 7, 59)).map(({ code }) => code)).toEqual(['never_opens']);
    expect(checkCalendar(once, Date.UTC(2027, 4, 1, 8))).toEqual([]);
  });

  it('names the zone that was meant', () => {
    expect(checkCalendar({ ...office, zone: 'Berlin' })[0]?.detail).toContain('Europe/Berlin');
  });
});

describe('a calendar that never opens', () => {
  const never = compileCalendar({ ...office, weekly: {} });
  const at = Date.UTC(2026, 0, 1);

  it('says so instead of searching for ever', () => {
    expect([never.isOpen(at), never.nextOpen(at), never.nextClose(at), never.previousClose(at)]).toEqual([
      false,
      null,
      null,
      null,
    ]);
    expect(() => never.deadline(at, 1)).toThrow(RangeError);
    expect(() => never.latestStart(at, 1)).toThrow(RangeError);
    expect(() => never.addBusinessDays(at, 1)).toThrow(RangeError);
  });

  it('is found open on the one date it names, however far away', () => {
    const once = compileCalendar({ ...office, weekly: {}, overrides: { '2090-05-01': ['10:00-11:00'] } });
    expect(once.nextOpen(at)).toBe(Date.UTC(2090, 4, 1, 8));
    expect(() => once.deadline(at, 3_600_001)).toThrow(RangeError);
  });
});
