import type { Instant, WorkingCalendar } from '@punctual/working-time';
import type { PolicyDocument } from './document/policy-document.js';

/**
 * When the next team arrives after `at`: the next opening of the calendar. Of calendars that take turns (`anyOf`) it is the next opening of
 * any of them, also where the one before is still open, for then more people come.
 */
export function compileNextOpening(
  document: PolicyDocument,
  calendars: ReadonlyMap<string, WorkingCalendar>,
): (at: Instant) => Instant | null {
  const told = document.surge?.tellNextOpening;
  const teams = told === undefined ? [] : teamsOf(document, told).flatMap((name) => calendars.get(name) ?? []);
  return (at) => {
    const openings = teams.flatMap((calendar) => calendar.nextOpeningAfter(at) ?? []);
    return openings.length === 0 ? null : Math.min(...openings);
  };
}

/** The loader has refused calendars that compose each other in a circle. */
function teamsOf(document: PolicyDocument, name: string): readonly string[] {
  return document.calendars[name]?.anyOf?.flatMap((member) => teamsOf(document, member)) ?? [name];
}
