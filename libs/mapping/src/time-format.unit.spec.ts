import fc from 'fast-check';
import { formatInstant } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { timeReader } from './time-format.js';

function read(format: string, zone: string | undefined, text: string): string | null {
  const reader = timeReader({ format, zone });
  if ('problem' in reader) throw new Error(reader.problem);
  const at = reader(text);
  return at === null ? null : formatInstant(at);
}

describe('times in a log', () => {
  it.each([
    ['an offset is kept', 'iso', undefined, '2010-03-31T16:59:42+02:00', '2010-03-31T14:59:42.000Z'],
    ['a blank for the T', 'iso', undefined, '2010-03-31 16:59:42 +0200', '2010-03-31T14:59:42.000Z'],
    ['a local time is not guessed', 'iso', undefined, '2010-03-31T16:59:42', null],
    ['summer in Rome', 'iso-local', 'Europe/Rome', '2012-10-09T14:50:17', '2012-10-09T12:50:17.000Z'],
    ['winter in Rome', 'iso-local', 'Europe/Rome', '2012-11-09T14:50:17', '2012-11-09T13:50:17.000Z'],
    [
      'a repeated hour is its first pass',
      'iso-local',
      'Europe/Rome',
      '2012-10-28T02:30:00',
      '2012-10-28T00:30:00.000Z',
    ],
    [
      'a skipped hour is the end of the gap',
      'iso-local',
      'Europe/Rome',
      '2012-03-25T02:30:00',
      '2012-03-25T01:00:00.000Z',
    ],
    ['a gap of half an hour', 'iso-local', 'Australia/Lord_Howe', '2014-10-05T02:15:00', '2014-10-04T15:30:00.000Z'],
    ['a skipped date', 'iso-local', 'Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T10:00:00.000Z'],
    ['an offset contradicts a zone', 'iso-local', 'Europe/Rome', '2012-10-09T14:50:17Z', null],
    ['there is no such date', 'iso-local', 'Europe/Rome', '2012-02-30T10:00:00', null],
    ['day first', '%d/%m/%Y %H:%M', 'Europe/Rome', '9/10/2012 14:50', '2012-10-09T12:50:00.000Z'],
    ['twelve hours', '%b %d, %Y %I:%M %p', 'UTC', 'Oct 09, 2012 12:05 AM', '2012-10-09T00:05:00.000Z'],
    [
      'a fraction is cut',
      '%Y-%m-%d %H:%M:%S.%f%z',
      undefined,
      '2012-10-09 14:50:17.999999+02:00',
      '2012-10-09T12:50:17.999Z',
    ],
    ['seconds since 1970', 'epoch-s', undefined, '1349787017', '2012-10-09T12:50:17.000Z'],
    ['not a number', 'epoch-ms', undefined, 'x', null],
  ])('%s', (_, format, zone, text, instant) => {
    expect(read(format, zone, text)).toBe(instant);
  });

  it.each([
    ['iso-local', undefined, /name their 'zone'/],
    ['%Y-%m-%d %H:%M', undefined, /name their 'zone'/],
    ['iso', 'Europe/Rome', /leave out 'zone'/],
    ['iso-local', 'Europe/Roma', /not an IANA time zone/],
    ['%Y-%m-%d', 'UTC', /lacks %H or %I/],
    ['%Y-%m-%d %H:%M %Q', 'UTC', /'%Q' is not a directive/],
    ['iso8601', undefined, /not a time format/],
  ])('%s in %s is refused', (format, zone, message) => {
    const reader = timeReader({ format, zone });
    expect('problem' in reader && reader.problem).toMatch(message);
  });

  it('reads back what a zone shows, except in the second pass of a repeated hour', () => {
    const show = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const reader = timeReader({ format: 'iso-local', zone: 'America/New_York' });
    if ('problem' in reader) throw new Error(reader.problem);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (second) => {
        const at = second * 1000;
        const found = reader(show.format(at).replace(' ', 'T'));
        expect([at, at - 3_600_000]).toContain(found);
      }),
      { numRuns: 200 },
    );
  });
});
