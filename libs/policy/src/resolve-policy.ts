import { contentHash, resolveCalendar, type CalendarSources, type ResolvedCalendar } from '@punctual/working-time';
import type { PolicyDocument } from './document/policy-document.js';
import { calendarDefinition, calendarNames } from './policy-calendars.js';

/** The instants for which a policy stores holidays and zone transitions, epoch ms: `from` inclusive, `to` exclusive. */
export interface PolicyHorizon {
  readonly from: number;
  readonly to: number;
}

/**
 * What a policy stores unless told otherwise: 2009 to 2039. It is fixed, so the same document has the same version whenever and wherever
 * it is resolved; beyond it calendars answer from their rules.
 */
export const DEFAULT_HORIZON: PolicyHorizon = { from: Date.UTC(2009, 0, 1), to: Date.UTC(2040, 0, 1) };

/** A policy with everything it depends on, as plain JSON: immutable, and the same on every machine that reads it. */
export interface ResolvedPolicy {
  readonly format: 1;
  /** SHA-256 (hex) of the canonical JSON of format, document, horizon and calendars. */
  readonly version: string;
  readonly document: PolicyDocument;
  readonly horizon: PolicyHorizon;
  /** By name. What a composed calendar needs of others is inside it. */
  readonly calendars: Readonly<Record<string, ResolvedCalendar>>;
  /** The versions of the holiday and zone data, for people. Not hashed: equal dates make an equal version. */
  readonly sources: CalendarSources;
}

/**
 * Stores what a checked document (one that `loadPolicy` returned) depends on. Throws where it was not checked: an unknown zone or
 * calendar.
 */
export function resolvePolicy(
  document: PolicyDocument,
  horizon: PolicyHorizon = DEFAULT_HORIZON,
  sources: CalendarSources = {},
): ResolvedPolicy {
  const calendars: Record<string, ResolvedCalendar> = {};
  for (const name of calendarNames(document)) {
    const definition = calendarDefinition(document, name);
    if (definition === null) throw new Error(`calendar '${name}' is not checked`);
    calendars[name] = resolveCalendar(definition, horizon);
  }
  const content = {
    format: 1,
    document: JSON.parse(JSON.stringify(document)) as PolicyDocument,
    horizon,
    calendars,
  } as const;
  return { ...content, version: contentHash(content), sources };
}
