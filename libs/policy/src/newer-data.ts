import { calendarDrift, HOLIDAY_DATA_VERSION, type CalendarDrift, type CalendarSources } from '@punctual/working-time';
import type { Diagnostic } from './diagnostic.js';
import type { ResolvedPolicy } from './resolve-policy.js';
import { YamlSource } from './yaml-source.js';

/** So many dates are named; how many more there are is said. */
const MOST_NAMED = 3;

/** The versions of the data that calendars are resolved with here. `zones` is that of the runtime (`process.versions.tz`). */
export function installedSources(zones: string | undefined): CalendarSources {
  return { holidays: HOLIDAY_DATA_VERSION, ...(zones === undefined ? {} : { zones }) };
}

/**
 * Where a published version of a policy would differ if its calendars were resolved with today's data (SLA-SEMANTICS §2): a warning a calendar,
 * at its place in the text the author has before them. The published version goes by what it stores; adopting newer data is a new version.
 */
export function newerData(
  published: ResolvedPolicy,
  installed: CalendarSources,
  yamlText: string,
  fileName: string,
): readonly Diagnostic[] {
  const source = new YamlSource(yamlText, fileName);
  return Object.entries(published.calendars).flatMap(([name, stored]) => {
    const drift = calendarDrift(stored);
    if (drift === null) return [];
    const message = `calendar '${name}' would not be the same with today's data${since(published.sources, installed)}: ${tell(drift)}`;
    return source.locate({
      severity: 'warning',
      code: 'newer_calendar_data',
      message,
      path: ['calendars', name],
      at: 'key',
      suggestion:
        'the published version goes on as it is; publish the policy again to adopt the data, as a new version',
    });
  });
}

function since(stored: CalendarSources, installed: CalendarSources): string {
  const changed = [
    versions('holidays', stored.holidays, installed.holidays),
    versions('zones', stored.zones, installed.zones),
  ].flat();
  return changed.length === 0 ? '' : ` (${changed.join(', ')})`;
}

function versions(what: string, stored: string | undefined, installed: string | undefined): string[] {
  if (installed === undefined || stored === installed) return [];
  return [stored === undefined ? `${what} ${installed}` : `${what} ${stored}, now ${installed}`];
}

function tell({ holidays, zones }: CalendarDrift): string {
  const named = holidays.slice(0, MOST_NAMED).map(({ date, name, change }) => {
    const holiday = name === '' ? date : `${date} (${name})`;
    return change === 'added' ? `${holiday} is a holiday` : `${holiday} is no holiday any more`;
  });
  const more = holidays.length - named.length;
  return [
    ...named,
    ...(more > 0 ? [`${more} more ${more === 1 ? 'date' : 'dates'}`] : []),
    ...zones.map(({ zone, from }) => `the clocks of ${zone} change otherwise from ${new Date(from).toISOString()} on`),
  ].join('; ');
}
