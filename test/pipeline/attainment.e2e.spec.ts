import 'reflect-metadata';
import { formatInstant, toCloudEvent, type SlaEvent, type TicketEvent } from '@punctual/contracts';
import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothLogs } from './event-logs.spec-kit.js';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

/**
 * Attainment has one definition (SLA-SEMANTICS §11) and several readers: the command line, the API, a Prometheus rule over the exposed
 * totals, and whoever counts `sla.events`. They must say the same of the same tickets.
 */

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T07:00:00Z');
const end = start + 10 * 1_440 * MINUTE;

/** What the readers are compared by, by target, priority and commitment. */
type Report = Record<string, { kept: number; late: number; waived: number; attainment: string }>;

const happening = fc.record({
  what: fc.constantFrom(
    'requester',
    'agent',
    'waiting_requester',
    'open',
    'solved',
    'urgent',
    'normal',
    'correction',
    'waived',
    'withdrawn',
    'team-a',
    'merged',
    'restored',
    'Basic',
    'Gold',
  ),
  minute: fc.integer({ min: 1, max: 3 * 1_440 }),
});
const histories = fc.sample(fc.array(happening, { minLength: 1, maxLength: 9 }), { numRuns: 150, seed: 2026 });
const events = histories.flatMap((steps, index) => eventsOf(`A-${index + 1}`, steps));

let pipeline: Pipeline;
/** What was said less what was taken back. */
let said: readonly SlaEvent[];

onBothLogs('attainment', (newLog) => {
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog() });
    // Half before and half after a day, so that much is published, taken back and published again.
    await pipeline.send(...events.filter((_event, index) => index % 2 === 0));
    await pipeline.tick(start + 1_440 * MINUTE);
    await pipeline.settled();
    await pipeline.send(...events.filter((_event, index) => index % 2 === 1));
    await pipeline.tick(end);
    await pipeline.settled();
    said = await standing();
  });
  afterAll(() => pipeline.stop());

  describe('attainment', () => {
    it('is the same on the command line, over HTTP, in Prometheus and by counting SLA events', async () => {
      const byApi = await overHttp();
      const judged = Object.values(byApi);
      expect(judged.some(({ kept }) => kept > 0)).toBe(true);
      expect(judged.some(({ late }) => late > 0)).toBe(true);
      expect(judged.some(({ waived }) => waived > 0)).toBe(true);
      expect(await onTheCommandLine()).toEqual(byApi);
      expect(await inPrometheus()).toEqual(byApi);
      expect(byCountingEvents()).toEqual(byApi);
    });

    it('is the same beside the share that a promise names', async () => {
      const share = await promisedOverHttp('');
      expect(share).toMatchObject({
        promise: 'solution',
        target: 'resolution',
        commitment: 'objective',
        promised: 0.9,
      });
      const { kept, judged } = share;
      expect(kept).toBeGreaterThan(0);
      expect(judged).toBeGreaterThan(kept);
      expect(share).toMatchObject({ attainment: kept / judged, isKept: kept / judged >= 0.9 });
      expect(await promisedOnTheCommandLine()).toBe(
        `solution (resolution): 90.0% promised, ${((100 * kept) / judged).toFixed(1)}% kept (${kept} of ${judged}): too few`,
      );
      expect(shareOf(await inPrometheus())).toEqual({ kept, judged });
      expect(shareOf(byCountingEvents())).toEqual({ kept, judged });
    });

    it('judges the share over a window by the instants of verdicts, its beginning in and its end out', async () => {
      const told = new Set(said.filter(isVerdictOnSolution).map(({ at }) => at));
      const instants = [...told].sort((a, b) => a - b);
      const from = instants[Math.floor(instants.length / 4)] ?? 0;
      const to = instants[Math.floor((instants.length * 3) / 4)] ?? 0;
      const counted = countedBetween(said, from, to);
      expect(counted.judged).toBeGreaterThan(0);
      expect(counted.judged).toBeLessThan(countedBetween(said, 0, Infinity).judged);
      const window = `&from=${formatInstant(from)}&to=${formatInstant(to)}`;
      expect(await promisedOverHttp(window)).toMatchObject(counted);
    });
  });
});

async function overHttp(): Promise<Report> {
  const { body } = await pipeline.get('/v1/attainment?policy=acme');
  const rows = body['rows'] as {
    target: string;
    priority: string;
    commitment: string;
    kept: number;
    breached: number;
    missed: number;
    waived: number;
    attainment: number | null;
  }[];
  return reportOf(
    rows.map(({ target, priority, commitment, kept, breached, missed, waived }) => [
      [target, priority, commitment].join(' '),
      { kept, late: breached + missed, waived },
    ]),
  );
}

interface Share {
  readonly promise: string;
  readonly kept: number;
  readonly judged: number;
}

async function promisedOverHttp(window: string): Promise<Share> {
  const { body } = await pipeline.get(`/v1/attainment?policy=acme${window}`);
  const [share, ...more] = body['promised'] as Share[];
  if (!share) throw new Error('no share is told');
  expect(more).toEqual([]);
  return share;
}

async function promisedOnTheCommandLine(): Promise<string | undefined> {
  const lines = await simulated();
  return lines[lines.indexOf('Shares that are promised:') + 1]?.trim();
}

/** What a report says of the one promise that names a share: no other promises a resolution as an objective. */
function shareOf(report: Report): Omit<Share, 'promise'> {
  const own = Object.entries(report).flatMap(([key, counts]) =>
    /^resolution .* objective$/.test(key) ? [counts] : [],
  );
  const kept = own.reduce((sum, counts) => sum + counts.kept, 0);
  return { kept, judged: own.reduce((sum, { late }) => sum + late, kept) };
}

function isVerdictOnSolution({ promise, type }: SlaEvent): boolean {
  return promise === 'solution' && (type === 'sla.clock.met' || type === 'sla.clock.missed');
}

/** Verdicts on `solution` in `[from, to)` that are not waived. */
function countedBetween(events: readonly SlaEvent[], from: number, to: number): Omit<Share, 'promise'> {
  const cycle = ({ ticket, promise, cycle: number }: SlaEvent): string => `${ticket} ${promise} ${number}`;
  const waived = new Set(events.filter(({ type }) => type === 'sla.breach.waived').map(cycle));
  const judged = events.filter(
    (event) =>
      isVerdictOnSolution(event) &&
      event.at >= from &&
      event.at < to &&
      !(event.type === 'sla.clock.missed' && waived.has(cycle(event))),
  );
  return { kept: judged.filter(({ type }) => type === 'sla.clock.met').length, judged: judged.length };
}

let simulation: Promise<string[]> | undefined;

/** What `simulate` prints of the same events, line by line: the same for whatever log. */
function simulated(): Promise<string[]> {
  return (simulation ??= simulate());
}

async function simulate(): Promise<string[]> {
  const run = fileURLToPath(new URL('../../deploy/build/run.mjs', import.meta.url));
  const policy = fileURLToPath(new URL('./acme.policy.yaml', import.meta.url));
  // Up to the last deadline that the services have let pass: the watermark less what events are given to settle.
  const until = new Date(end - 5_000).toISOString();
  const child = spawn(process.execPath, [run, '@punctual/cli', 'simulate', '-p', policy, '-e', '-', '--until', until]);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(events.map((event) => `${JSON.stringify(toCloudEvent(event))}\n`).join(''));
  const code = await new Promise<number | null>((settle) => child.once('close', settle));
  expect(code).toBe(0);
  return output.split('\n');
}

async function onTheCommandLine(): Promise<Report> {
  const lines = await simulated();
  const heading = lines.findIndex((line) => line.startsWith('target'));
  const columns = (lines[heading] ?? '').split(/ {2,}/);
  const rows = lines.slice(heading + 1, lines.indexOf('', heading)).map((line) => line.split(/ {2,}/));
  const figure = (row: readonly string[], column: string): number => Number(row[columns.indexOf(column)]);
  return reportOf(
    rows.map((row) => [
      row.slice(0, 3).join(' '),
      { kept: figure(row, 'kept'), late: figure(row, 'late'), waived: figure(row, 'waived') },
    ]),
  );
}

/** `sum by (target, priority, commitment) (punctual_sla_total - punctual_sla_retracted_total)`, by outcome. */
async function inPrometheus(): Promise<Report> {
  const exposition = await (await fetch(`${pipeline.url}/metrics`)).text();
  const net = new Map<string, Record<string, number>>();
  for (const [, series, labels, value] of exposition.matchAll(
    /^punctual_sla_(total|retracted_total)\{(.*)\} (\d+)$/gm,
  )) {
    const named = Object.fromEntries(
      [...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
    );
    const key = [named['target'], named['priority'], named['commitment']].join(' ');
    const outcomes = net.get(key) ?? {};
    const outcome = named['outcome'] ?? '';
    outcomes[outcome] = (outcomes[outcome] ?? 0) + (series === 'total' ? 1 : -1) * Number(value);
    net.set(key, outcomes);
  }
  return reportOf([...net].map(([key, outcomes]) => [key, ofOutcomes(outcomes)]));
}

async function standing(): Promise<SlaEvent[]> {
  const tickets = histories.map((_steps, index) => `A-${index + 1}`);
  const net = new Map<string, SlaEvent>();
  for (const ticket of tickets) {
    for (const event of await pipeline.slaEvents('desk', ticket)) {
      if (event.corrects !== null) net.delete(event.corrects);
      else net.set(event.id, event);
    }
  }
  return [...net.values()];
}

function byCountingEvents(): Report {
  const counts = new Map<string, Record<string, number>>();
  for (const { type, target, priority, commitment } of said) {
    const key = [target, priority, commitment].join(' ');
    const outcomes = counts.get(key) ?? {};
    const outcome = type.split('.').at(-1) ?? '';
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    counts.set(key, outcomes);
  }
  return reportOf([...counts].map(([key, outcomes]) => [key, ofOutcomes(outcomes)]));
}

function ofOutcomes(outcomes: Readonly<Record<string, number>>): { kept: number; late: number; waived: number } {
  const of = (name: string): number => outcomes[name] ?? 0;
  return { kept: of('met'), late: of('breached') + of('missed') - of('waived'), waived: of('waived') };
}

/** Rows in which something was judged or waived, with their share. */
function reportOf(rows: readonly (readonly [string, { kept: number; late: number; waived: number }])[]): Report {
  return Object.fromEntries(
    rows
      .filter(([, { kept, late, waived }]) => kept + late + waived > 0)
      .map(([key, counts]) => {
        const { kept, late } = counts;
        return [key, { ...counts, attainment: kept + late === 0 ? 'none' : (kept / (kept + late)).toFixed(6) }];
      }),
  );
}

function eventsOf(ticket: string, steps: readonly { readonly what: string; readonly minute: number }[]): TicketEvent[] {
  const make = ticketEvents('desk', ticket, start);
  const actor = { role: 'agent', id: 'lead-1' };
  const told = [make.created(0, { priority: 'normal' })];
  for (const { what, minute } of steps) {
    if (what === 'requester') told.push(make.requester(minute));
    else if (what === 'agent') told.push(make.agent(minute));
    else if (what === 'urgent' || what === 'normal') told.push(make.priority(minute, what, 'change'));
    else if (what === 'correction') told.push(make.priority(minute, 'urgent', 'correction'));
    else if (what === 'waived')
      told.push(
        make.make('ticket.waiver.granted', minute, { promise: 'solution', actor, reason: 'An outage' }, 'waiver'),
      );
    else if (what === 'withdrawn') told.push(make.make('ticket.waiver.withdrawn', minute, { waiver: 'waiver', actor }));
    else if (what === 'team-a') told.push(make.team(minute, what));
    else if (what === 'merged') told.push(make.merged(minute));
    else if (what === 'restored') told.push(make.restored(minute));
    else if (what === 'Basic' || what === 'Gold') told.push(make.plan(minute, what));
    else told.push(make.status(minute, what));
  }
  return unique(told);
}

/** A waiver can be granted once under one id. */
function unique(told: readonly TicketEvent[]): TicketEvent[] {
  return [...new Map(told.map((event) => [event.id, event])).values()];
}
