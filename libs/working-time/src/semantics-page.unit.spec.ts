import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CalendarDefinition } from './calendar-definition.js';
import { evaluateCalendarQuery } from './calendar-query.js';
import { compileCalendar } from './compile-calendar.js';

/** Runs the ```calendar and ```business-days blocks of docs/semantics.md, one JSON object a line. */

const page = readFileSync(new URL('../../../docs/semantics.md', import.meta.url), 'utf8');

function linesOf(language: string): string[] {
  return page
    .split('\n```')
    .filter((block) => block.startsWith(`${language}\n`))
    .flatMap((block) => block.split('\n').slice(1));
}

interface BusinessDays {
  readonly calendar: CalendarDefinition;
  readonly start: string;
  readonly days: number;
  readonly endOfDay?: boolean;
  readonly answer: string;
}

const queries = linesOf('calendar');
const businessDays = linesOf('business-days');

describe('the calendars of docs/semantics.md', () => {
  it('are there', () => {
    expect(queries.length).toBeGreaterThanOrEqual(8);
    expect(businessDays.length).toBeGreaterThan(0);
  });

  it.each(queries)('%s', (line) => {
    const { answer, ...query } = JSON.parse(line) as { answer: unknown };
    expect(evaluateCalendarQuery(query)).toEqual({ result: answer });
  });

  it.each(businessDays)('%s', (line) => {
    const { calendar, start, days, endOfDay = false, answer } = JSON.parse(line) as BusinessDays;
    const due = compileCalendar(calendar).addBusinessDays(Date.parse(start), days, { endOfDay });
    expect(due).toBe(Date.parse(answer));
  });
});
