/** The days of the week as definitions name them, Sunday first: the index is the weekday number of a date. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * A span of local time on one date: `09:00-17:00`. An end at or before the start is overnight: it ends on the next date and belongs
 * to the date it starts on. `24:00` is allowed as an end. Seconds (`09:00:30`) are allowed.
 */
export type HoursText = string;

/** A date on the calendar: `2026-12-24`. */
export type DateText = string;

/** What date-holidays calls a kind of holiday. Only `public` closes a calendar unless the definition says otherwise. */
export const holidayTypes = ['public', 'bank', 'optional', 'school', 'observance'] as const;
export type HolidayType = (typeof holidayTypes)[number];

/** The holidays of a country, state and region, by the codes of date-holidays (`DE`, `BY`). */
export interface CountryHolidays {
  readonly country: string;
  readonly state?: string;
  readonly region?: string;
  /** Default: `['public']`. */
  readonly types?: readonly HolidayType[];
}

/**
 * Dates that are closed from 00:00 to 24:00 local time. All sources add up. Only whole days count: what a country or an iCalendar
 * file lists for part of a day closes nothing (write an override for a half day).
 */
export interface HolidaysDefinition {
  readonly countries?: readonly CountryHolidays[];
  readonly dates?: readonly DateText[];
  /** Every year: `12-25`. `02-29` comes in leap years only. */
  readonly yearly?: readonly string[];
  /** The text of an iCalendar file (RFC 5545); its whole-day events are holidays. */
  readonly ics?: string;
  /** Dates that are worked although a source above names them. */
  readonly except?: readonly DateText[];
}

/** Opening hours in one zone. */
export interface HoursDefinition {
  readonly name: string;
  /** An IANA zone: `Europe/Berlin`. */
  readonly zone: string;
  readonly weekly: '24x7' | { readonly [day in Weekday]?: readonly HoursText[] };
  readonly holidays?: HolidaysDefinition;
  /** Hours taken out on one date. */
  readonly breaks?: Readonly<Record<DateText, readonly HoursText[]>>;
  /** Hours that replace the weekly ones on one date (a half day, an extended day); none closes it. A holiday still closes it. */
  readonly overrides?: Readonly<Record<DateText, readonly HoursText[]>>;
}

/** Open when any of its members is: follow-the-sun. */
export interface AnyOfDefinition {
  readonly name: string;
  readonly anyOf: readonly CalendarDefinition[];
  /** The zone business days are counted in; default: that of the first member. */
  readonly zone?: string;
}

/** Open when all of its members are. */
export interface AllOfDefinition {
  readonly name: string;
  readonly allOf: readonly CalendarDefinition[];
  /** The zone business days are counted in; default: that of the first member. */
  readonly zone?: string;
}

/** A calendar as a policy writes it: plain JSON (SLA-SEMANTICS §2). */
export type CalendarDefinition = HoursDefinition | AnyOfDefinition | AllOfDefinition;
