// The calendar every contestant is given, and the questions it is asked: the office hours of a German company through 2026.

export const zone = 'Europe/Berlin';

/** Local opening hours of Monday to Friday, as [hour, minute] pairs. */
export const openings = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
];

/** The public holidays of Bavaria in 2026. */
export const holidays = [
  '2026-01-01',
  '2026-01-06',
  '2026-04-03',
  '2026-04-06',
  '2026-05-01',
  '2026-05-14',
  '2026-05-25',
  '2026-06-04',
  '2026-08-15',
  '2026-10-03',
  '2026-11-01',
  '2026-12-25',
  '2026-12-26',
];

const minute = 60_000;

/** Whole minutes, because some contestants know nothing finer: a start, work of up to five days' hours, an end up to four weeks later. */
export function questions(size, random) {
  const begin = Date.UTC(2026, 0, 1);
  const minutes = (300 * 24 * 60 * minute) / minute;
  return Array.from({ length: size }, () => {
    const start = begin + Math.floor(random() * minutes) * minute;
    return {
      start,
      work: (1 + Math.floor(random() * 5 * 7 * 60)) * minute,
      end: start + Math.floor(random() * 28 * 24 * 60) * minute,
    };
  });
}
