import type { Instant } from '@punctual/contracts';
import type { ResolvedPolicy } from '@punctual/policy';
import type { CalendarDefinition } from '@punctual/working-time';
import { UserError } from '../user-error.js';

export interface LocalTimes {
  readonly zone: string;
  /** `Mon 2026-03-02 09:30:00`. */
  format(at: Instant): string;
}

/** Instants as a wall clock in `zone` shows them. Throws UserError for an unknown zone. */
export function localTimes(zone: string): LocalTimes {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    throw new UserError(`'${zone}' is not a time zone`, {
      where: '--zone',
      fix: 'name an IANA zone, such as Europe/Berlin',
    });
  }
  return {
    zone,
    format(at) {
      const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
      return `${parts['weekday']} ${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}:${parts['second']}`;
    },
  };
}

/** The zone each calendar of a policy keeps its hours in; of a composed one, its first member's. */
export function calendarZones({ calendars }: ResolvedPolicy): ReadonlyMap<string, string> {
  return new Map(Object.entries(calendars).map(([name, { definition }]) => [name, zoneOf(definition)] as const));
}

function zoneOf(definition: CalendarDefinition): string {
  if (definition.zone !== undefined) return definition.zone;
  const members = 'anyOf' in definition ? definition.anyOf : 'allOf' in definition ? definition.allOf : [];
  const [first] = members;
  return first ? zoneOf(first) : 'UTC';
}
