import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileCalendar, evaluateCalendarQuery, resolveCalendar, type HoursDefinition } from '../index.js';

interface Vector {
  readonly op: string;
  readonly args: Readonly<Record<string, string>>;
  readonly answer: unknown;
  readonly tz: string;
  readonly weekly: HoursDefinition['weekly'];
  readonly breaks?: Readonly<Record<string, readonly string[]>>;
  readonly zoneData?: string;
}

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const vectors = file('vectors.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

describe('facts of other systems', () => {
  it('answers every vector as it should', () => {
    const wrong = vectors
      .filter((vector) => vector.zoneData === undefined)
      .map((vector) => ({ vector, got: evaluateCalendarQuery(vector) }))
      .filter(({ vector, got }) => !('result' in got) || got.result !== vector.answer);
    expect(vectors).toHaveLength(600);
    expect(wrong).toEqual([]);
  });

  it('answers what depends on older zone data from the transitions stored then', () => {
    const dated = vectors.filter((vector) => vector.zoneData !== undefined);
    expect(dated.map(({ tz }) => tz)).toEqual(['Africa/Casablanca']);
    for (const { tz, weekly, breaks, args, answer } of dated) {
      const from = Date.UTC(2033, 10, 1);
      const resolved = resolveCalendar(
        { name: 'v', zone: tz, weekly, ...(breaks && { breaks }) },
        { from, to: Date.UTC(2034, 1, 1) },
      );
      const transitions = [
        { at: Date.UTC(2033, 10, 20, 2), before: 3_600_000, after: 0 },
        { at: Date.UTC(2033, 11, 25, 2), before: 0, after: 3_600_000 },
      ];
      const then = { ...resolved, zones: { [tz]: { zone: tz, ...resolved.horizon, offset: 3_600_000, transitions } } };
      const worked = compileCalendar(then).worked(Date.parse(args.start ?? ''), Date.parse(args.end ?? ''));
      expect(worked / 1000).toBe(answer);
    }
  });
});

interface Timeline {
  readonly id: string;
  readonly zone: string;
  readonly weekly: HoursDefinition['weekly'];
  readonly yearly?: readonly string[];
  readonly deadline?: { readonly start: string; readonly seconds: number; readonly due: string };
  readonly worked?: { readonly from: string; readonly to: string; readonly seconds: number };
  readonly isOpen?: readonly { readonly at: string; readonly open: boolean }[];
}

describe('timelines of other systems', () => {
  it.each(JSON.parse(file('timelines.json')) as Timeline[])('$id', (timeline) => {
    const { id, zone, weekly, yearly = [], deadline, worked, isOpen = [] } = timeline;
    const calendar = compileCalendar({ name: id, zone, weekly, holidays: { yearly } });
    expect.hasAssertions();
    if (deadline !== undefined) {
      const due = calendar.deadline(Date.parse(deadline.start), deadline.seconds * 1000);
      expect(due).toBe(Date.parse(deadline.due));
    }
    if (worked !== undefined) {
      expect(calendar.worked(Date.parse(worked.from), Date.parse(worked.to))).toBe(worked.seconds * 1000);
    }
    for (const { at, open } of isOpen) expect(calendar.isOpen(Date.parse(at))).toBe(open);
  });
});
