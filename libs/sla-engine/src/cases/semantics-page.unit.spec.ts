import { readFileSync } from 'node:fs';
import type { SlaEventType } from '@punctual/contracts';
import { describe, expect, it } from 'vitest';
import { attainment } from '../attainment.js';
import { explainTicket } from '../explain.js';
import { instant, publicationLine, story, tell, type Telling } from './story.spec-kit.js';

/** Runs every ```story block of docs/semantics.md: what the page says of clocks is what the engine does. */

const page = readFileSync(new URL('../../../../docs/semantics.md', import.meta.url), 'utf8');

interface Example {
  readonly heading: string;
  readonly line: number;
  readonly options: { policy?: string; priority?: string; published?: readonly string[] };
  readonly history: readonly string[];
  readonly claims: readonly string[];
}

function examplesOf(text: string): Example[] {
  const examples: Example[] = [];
  let heading = '';
  let block: string[] | null = null;
  text.split('\n').forEach((line, index) => {
    if (block === null && line.startsWith('#')) heading = line.replace(/^#+ /, '');
    else if (line === '```story') block = [];
    else if (block !== null && line === '```') {
      examples.push(exampleOf(heading, index - block.length, block));
      block = null;
    } else block?.push(line);
  });
  return examples;
}

function exampleOf(heading: string, line: number, lines: readonly string[]): Example {
  const options = Object.fromEntries(
    lines.flatMap((text) => [...text.matchAll(/^with .*$/g)].flatMap(([with_]) => optionsOf(with_))),
  );
  const claims = lines.flatMap((text) => (text.startsWith('=> ') ? [text.slice(3)] : []));
  const history = lines.filter((text) => !text.startsWith('=> ') && !text.startsWith('with '));
  const published = history.filter((text) => publicationLine.test(text));
  const told = history.filter((text) => !publicationLine.test(text));
  return { heading, line, options: { ...options, published }, history: told, claims };
}

function optionsOf(line: string): [string, string][] {
  return line
    .slice('with '.length)
    .split(', ')
    .map((option) => {
      const match = /^(policy|priority|surge) (\S+)$/.exec(option);
      if (!match?.[1] || !match[2]) throw new Error(`no such option: '${option}'`);
      return [match[1], match[2]];
    });
}

/** What the page claims, beside what the engine tells, in the page's own form. */
function judged(claim: string, told: Telling, until: string): { claimed: unknown; found: unknown } {
  const said = /^said (sla\.[a-z_.]+): (.+)$/.exec(claim);
  if (said?.[1] && said[2]) return { claimed: true, found: told.said(said[1] as SlaEventType).includes(said[2]) };
  const unsaid = /^not said (sla\.[a-z_.]+): (.+)$/.exec(claim);
  if (unsaid?.[1] && unsaid[2])
    return { claimed: false, found: told.said(unsaid[1] as SlaEventType).includes(unsaid[2]) };
  const none = /^no ([\w#]+)$/.exec(claim);
  if (none?.[1]) return { claimed: undefined, found: told.clock(none[1]) };
  const due = /^([\w#]+) (?:due (.+)|(is not due))$/.exec(claim);
  if (due?.[1]) return { claimed: due[2], found: told.due(due[1]) };
  const elapsed = /^([\w#]+) elapsed ([\d.]+) minutes$/.exec(claim);
  if (elapsed?.[1]) return { claimed: Number(elapsed[2]), found: told.elapsedMinutes(elapsed[1]) };
  const late = /^([\w#]+) late ([\d.]+) minutes$/.exec(claim);
  if (late?.[1]) return { claimed: Number(late[2]), found: lateMinutes(told, late[1]) };
  const explained = /^explain ([\w#]+): (.+)$/.exec(claim);
  if (explained?.[1]) return { claimed: explained[2], found: explanation(told, explained[1], until) };
  const counted = /^attainment: (.+)$/.exec(claim);
  if (counted) return { claimed: counted[1], found: firstResponses(told) };
  const clock = /^([\w#]+): (.+)$/.exec(claim);
  if (clock?.[1]) return { claimed: clock[2], found: told.clock(clock[1]) };
  throw new Error(`no such claim: '${claim}'`);
}

function clockNamed({ folded }: Telling, name: string) {
  const [promise, cycle = '1'] = name.split('#');
  return folded.clocks.find((clock) => clock.promise === promise && clock.cycle === Number(cycle));
}

function lateMinutes(told: Telling, name: string): number | null {
  const lateMs = clockNamed(told, name)?.lateMs ?? null;
  return lateMs === null ? null : lateMs / 60_000;
}

function explanation(told: Telling, name: string, until: string): string {
  const [promise, cycle = '1'] = name.split('#');
  const explained = explainTicket(told.folded, instant(until)).find(
    ({ clock }) => clock.promise === promise && clock.cycle === Number(cycle),
  );
  return (explained?.segments ?? [])
    .map(({ state, reason, countedMs }) => `${state} ${reason} ${countedMs / 60_000}`)
    .join(', ');
}

/** The row of the promise `reply`. */
function firstResponses(told: Telling): string {
  const row = attainment(told.folded.clocks).find(
    ({ target, commitment }) => target === 'first_response' && commitment === 'target',
  );
  if (!row) return 'nothing';
  const { kept, breached, waived, cancelled, running, paused } = row;
  const counts = Object.entries({ kept, breached, waived, cancelled, running, paused }).filter(
    ([, count]) => count > 0,
  );
  const share = row.attainment === null ? 'none' : `${row.attainment * 100} %`;
  return [...counts.map(([name, count]) => `${name} ${count}`), `share ${share}`].join(', ');
}

const examples = examplesOf(page);

describe('docs/semantics.md', () => {
  it('has examples, and each of them claims something', () => {
    expect(examples.length).toBeGreaterThanOrEqual(25);
    expect(examples.filter(({ claims }) => claims.length === 0)).toEqual([]);
  });

  it.each(examples.map((example) => [`${example.heading}, line ${example.line}`, example] as const))(
    '%s',
    (_, { history, claims, options }) => {
      for (const line of claims) {
        const match = /^at ((?:\+\d+d )?[\d:.]+) (.+)$/.exec(line);
        if (!match?.[1] || !match[2]) throw new Error(`a claim begins with 'at' and an instant: '${line}'`);
        const { claimed, found } = judged(match[2], tell(story(...history), match[1], options), match[1]);
        expect(found, line).toEqual(claimed);
      }
    },
  );
});
