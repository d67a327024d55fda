import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const runner = resolve(import.meta.dirname, '../../../deploy/build/run.mjs');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'punctual-cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = {
  'desk.policy.yaml': `id: desk
title: A desk
priorities: [{ name: High }, { name: Low }]
calendars:
  business: { zone: Europe/Berlin, weekly: { mon-fri: 09:00-17:00 } }
pauses: [waiting_requester]
promises:
  - id: reply
    target: first_response
    commitment: target
    calendar: business
    terms: [{ priority: High, within: 1h }, { priority: Low, within: 4h }]
classification:
  default: Low
  requesterChoice: { channels: any, rulesMayRaise: false, rulesMayLower: false }
`,
  'broken.policy.yaml': 'id: desk\ntitle: A desk\npromisses: []\n',
  'desk.scenarios.yaml': `policy: desk.policy.yaml
scenarios:
  - name: A reply within the hour
    proves: the policy
    ticket: { priority: High, createdAt: '2026-03-02T10:00+01:00' }
    timeline: [{ at: '2026-03-02T11:00+01:00', reply: agent }]
    expect: { clocks: [{ promise: reply, outcome: met, elapsed: 1h }] }
`,
  'wrong.scenarios.yaml': `policy: desk
scenarios:
  - name: A reply after two hours
    proves: nothing
    ticket: { priority: High, createdAt: '2026-03-02T10:00+01:00' }
    timeline: [{ at: '2026-03-02T12:00+01:00', reply: agent }]
    expect: { classification: { priority: Low }, clocks: [{ promise: reply, outcome: met }] }
`,
  'desk.mapping.yaml': `mapping: 1
source: desk
ticket: case
time: { column: at, format: iso-local, zone: Europe/Berlin }
create: { priority: { column: urgency } }
events:
  - { when: { act: open }, emit: create }
  - { when: { act: answer }, emit: reply }
  - { when: { act: note }, ignore: internal }
`,
  'log.csv': `case,at,act,urgency
1,2026-03-02T10:00:00,open,High
2,2026-03-02T10:00:00,open,Low
1,2026-03-02T10:30:00,note,High
2,2026-03-02T11:30:00,answer,Low
1,2026-03-02T12:00:00,answer,High
1,2026-03-02T12:00:00,dance,High
`,
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function punctual(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [runner, '@punctual/cli', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, PUNCTUAL_TOKEN: undefined, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((settle) => child.once('close', settle));
  return { code, stdout, stderr };
}

const jsonLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);

describe('the command line as a program', () => {
  it('says what it can do, and exits 2 where it is not told what', async () => {
    expect(await punctual(['--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('simulate') as unknown,
    });
    expect(await punctual([])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: punctual') as unknown,
    });
    expect(await punctual(['simulat'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean simulate?') as unknown,
    });
    expect(await punctual(['simulate'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining("'-p, --policy") as unknown,
    });
  });

  it('tells what is wrong with an input, where, and how to mend it, without a stack', async () => {
    const ended = await punctual(['simulate', '-p', 'desk.policy.yaml', '-e', 'none.ndjson']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(
      'punctual: cannot read none.ndjson: there is no such file\n  where: none.ndjson\n  fix:   check the path\n',
    );
    expect(await punctual(['classify', '-p', 'acme'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('rewst, cloudtalk') as unknown,
    });
  });

  it('ends quietly when its reader has seen enough', async () => {
    const question = `{"tz":"UTC","weekly":{"mon":[["09:00","17:00"]]},"op":"isOpen","args":{"at":"2026-03-02T10:00:00Z"}}\n`;
    const child = spawn(process.execPath, [runner, '@punctual/cli', 'calendar', 'eval'], { cwd: folder });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.on('error', () => undefined).end(question.repeat(50_000));
    expect(await new Promise((settle) => child.once('close', settle))).toBe(0);
    expect(stderr).toBe('');
  });
});

describe('punctual calendar eval', () => {
  it('answers every line that is not blank, in order', async () => {
    const calendar = { tz: 'Europe/Paris', weekly: { fri: [['09:00', '17:00']] } };
    const question = JSON.stringify({
      ...calendar,
      op: 'between',
      args: { start: '2026-03-06T15:00:00Z', end: '2026-03-09T15:00:00Z' },
    });
    const { code, stdout, stderr } = await punctual(['calendar', 'eval'], `${question}\n\nnot json\n${question}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toEqual([
      { result: 3600 },
      { error: { code: 'invalid_json', message: expect.any(String) as unknown } },
      { result: 3600 },
    ]);
  });
});

describe('punctual import and simulate', () => {
  it('turn a log into events and events into verdicts, the same bytes each time', async () => {
    const imported = await punctual([
      'import',
      '-m',
      'desk.mapping.yaml',
      'log.csv',
      '--out',
      'events.ndjson',
      '--rejects',
      'rejects.ndjson',
    ]);
    expect(imported).toMatchObject({ code: 0, stdout: '' });
    expect(imported.stderr).toContain('6 rows, 2 tickets, 4 events');
    expect(imported.stderr).toContain("line 7, ticket 1: no rule of 'events' names act='dance'");
    expect(jsonLines(readFileSync(join(folder, 'rejects.ndjson'), 'utf8'))).toMatchObject([
      { line: 7, ticket: '1', code: 'unmatched_row' },
    ]);
    writeFileSync(join(folder, 'log.gz'), gzipSync(files['log.csv']));
    const piped = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.gz', '--strict']);
    expect(piped.code).toBe(1);
    expect(piped.stdout).toBe(readFileSync(join(folder, 'events.ndjson'), 'utf8'));

    const verdicts = await punctual(['simulate', '-p', 'desk.policy.yaml', '-e', '-', '--json'], piped.stdout);
    expect(verdicts).toMatchObject({ code: 0, stderr: '' });
    expect(jsonLines(verdicts.stdout)).toMatchObject([
      {
        ticket: '1',
        target: 'first_response',
        priority: 'High',
        outcome: 'breached',
        breachedAt: '2026-03-02T10:00:00.000Z',
        elapsedMs: 7_200_000,
        lateMs: 3_600_000,
      },
      { ticket: '2', priority: 'Low', outcome: 'met', stoppedAt: '2026-03-02T10:30:00.000Z', breachedAt: null },
    ]);
    const shuffled = piped.stdout.trimEnd().split('\n').toReversed().join('\n');
    expect((await punctual(['simulate', '-p', 'desk.policy.yaml', '-e', '-', '--json'], shuffled)).stdout).toBe(
      verdicts.stdout,
    );

    const table = await punctual(['simulate', '-p', 'desk.policy.yaml', '-e', 'events.ndjson']);
    expect(table.stdout).toMatch(/first_response {2}High .* 0 +1 +0 +0 +0 +0\.0% +1h/);
    const early = await punctual([
      'simulate',
      '-p',
      'desk.policy.yaml',
      '-e',
      'events.ndjson',
      '--json',
      '--until',
      '2026-03-02T10:30+01:00',
    ]);
    expect(jsonLines(early.stdout)).toMatchObject([{ outcome: 'running' }, { outcome: 'running' }]);
  });

  it('show bad lines and judge the rest, with exit code 2', async () => {
    const { stdout: events } = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.csv']);
    const ended = await punctual(['simulate', '-p', 'desk.policy.yaml', '-e', '-', '--json'], `${events}oops\n`);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('-:5: error invalid_json') as unknown });
    expect(jsonLines(ended.stdout)).toHaveLength(2);
  });
});

describe('punctual simulate of waived breaches', () => {
  it('counts them in a column of their own, and marks the clock', async () => {
    const { stdout: events } = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.csv']);
    const { source } = jsonLines(events)[0] as { source: string };
    const waiver = {
      specversion: '1.0',
      id: 'waive',
      source,
      subject: '1',
      type: 'ticket.waiver.granted',
      time: '2026-03-02T10:30:00Z',
      data: { promise: 'reply', actor: { role: 'agent', id: 'lead-1' }, reason: 'The carrier was down' },
    };
    const args = ['simulate', '-p', 'desk.policy.yaml', '-e', '-'];
    expect((await punctual(args, events)).stdout).not.toContain('waived');
    const waived = `${events}${JSON.stringify(waiver)}\n`;
    const table = await punctual(args, waived);
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/kept +late +waived/);
    expect(table.stdout).toMatch(/first_response +High +\S+ +0 +0 +1 /);
    const lines = jsonLines((await punctual([...args, '--json'], waived)).stdout);
    expect(lines.find((line) => (line as { ticket: string }).ticket === '1')).toMatchObject({
      outcome: 'breached',
      waived: true,
    });
  });
});

describe('punctual simulate --compare', () => {
  it('puts two policies side by side and says which clocks change and why', async () => {
    const strict = files['desk.policy.yaml'].replace('within: 4h', 'within: 1h');
    writeFileSync(join(folder, 'strict.policy.yaml'), strict.replace('09:00-17:00', '08:00-17:00'));
    const { stdout: events } = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.csv']);
    const whatIf = (...more: string[]): Promise<Ended> =>
      punctual(['simulate', '-p', 'desk.policy.yaml', '-c', 'strict.policy.yaml', '-e', '-', ...more], events);

    const told = await whatIf();
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/first_response {2}Low .* 1 +0 +0 +1 +100\.0% +0\.0% +-100\.0 pp/);
    expect(told.stdout).toContain('1 clock of 1 ticket would change');
    expect(told.stdout).toContain('2 (desk) · first_response · reply, cycle 1 · kept → late, due earlier');
    expect(told.stdout).toContain('why: 1h instead of 4h');
    expect((await whatIf()).stdout).toBe(told.stdout);
    expect((await whatIf('--most', '0')).stdout).toContain('and 1 more');

    const lines = await whatIf('--json');
    expect(jsonLines(lines.stdout)).toMatchObject([
      {
        ticket: '2',
        target: 'first_response',
        kinds: ['kept_to_late', 'due_earlier'],
        a: { outcome: 'met' },
        b: { outcome: 'breached', dueAt: '2026-03-02T10:00:00.000Z' },
      },
      { summary: { changedClocks: 1, changedTickets: 1, kinds: { kept_to_late: 1, due_earlier: 1 } } },
    ]);
  });

  it('finds nothing to change between a policy and itself, and refuses --most where it means nothing', async () => {
    const { stdout: events } = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.csv']);
    const args = ['simulate', '-p', 'desk.policy.yaml', '-e', '-'];
    expect((await punctual([...args, '-c', 'desk.policy.yaml'], events)).stdout).toContain('Nothing changes.');
    expect(await punctual([...args, '--most', '3'], events)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('add --compare') as unknown,
    });
    expect((await punctual([...args, '-c', 'desk.policy.yaml', '--most', 'few'], events)).code).toBe(2);
  });
});

describe('punctual explain', () => {
  it('draws the clock of one ticket and lists its stretches in local time', async () => {
    const { stdout: events } = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.csv']);
    const ended = await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', '1'], events);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('first_response · reply, cycle 1 · target · breached');
    expect(ended.stdout).toContain('broken at Mon 2026-03-02 11:00:00, 1h late');
    expect(ended.stdout).toMatch(/▓{40}/);
    expect(ended.stdout).toMatch(
      /Events behind it\n +event +at +what happened\n.*1\/0\/created .*The requester opened the ticket/,
    );
    const json = await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', '1', '--json'], events);
    expect(jsonLines(json.stdout)[0]).toMatchObject({
      verdict: expect.stringContaining(
        'came 1h of working time after its deadline of 2026-03-02T10:00:00.000Z',
      ) as unknown,
      stoppedBy: '1/2/message',
      events: [
        { type: 'ticket.created', text: 'The requester opened the ticket' },
        { id: '1/2/message', text: 'An agent replied in public' },
      ],
    });
    const answered = [
      ['request.made', '09:05', { request: 'escalation' }],
      ['escalation.acknowledged', '09:06', { actor: { role: 'agent' } }],
      ['escalation.resolved', '09:07', { actor: { role: 'agent' }, resources: [{ who: 'databases' }] }],
    ] as const;
    const [{ source } = { source: '' }] = jsonLines(events) as { source: string }[];
    const lines = answered.map(([type, time, data]) => {
      const head = { specversion: '1.0', id: type, source, subject: '1', time: `2026-03-02T${time}:00Z` };
      return JSON.stringify({ ...head, type: `ticket.${type}`, data });
    });
    const escalated = `${events.trimEnd()}\n${lines.join('\n')}\n`;
    const drawn = await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', '1'], escalated);
    expect(drawn.stdout).toMatch(/Escalations\n.*\n +asked for +the ticket +Mon .* +Mon .* +Mon .* +resolved\n/);
    expect(drawn.stdout).toContain('An agent said that an escalation is settled, naming 1 additional resource');
    const told = await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', '1', '--json'], escalated);
    expect(jsonLines(told.stdout).at(-1)).toMatchObject({
      text: expect.stringContaining('acknowledged at 2026-03-02T09:06:00.000Z and resolved at') as unknown,
      escalation: { standing: 'resolved', request: 'request.made', resolved: { resources: [{ who: 'databases' }] } },
    });
    expect(await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', '9'], events)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ticket ids look like 1, 2') as unknown,
    });
  });

  it('names the tickets it is linked with, whichever names the other', async () => {
    const created = (ticket: string, related: readonly string[]) =>
      JSON.stringify({
        ...{ specversion: '1.0', id: 'created', source: 'desk', subject: ticket, type: 'ticket.created' },
        ...{ time: '2026-03-02T10:00:00Z', data: { origin: 'requester', related } },
      });
    const events = [created('NEW', ['OLD']), created('OLD', []), created('ALONE', [])].join('\n');
    const told = async (ticket: string) =>
      (await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', ticket], events)).stdout;
    expect(await told('NEW')).toContain('Linked since 2026-03-02T10:00:00.000Z: This ticket names OLD as related');
    expect(await told('OLD')).toContain('Linked since 2026-03-02T10:00:00.000Z: NEW names this ticket as related');
    expect(await told('ALONE')).not.toContain('Linked');
    const asJson = await punctual(['explain', '-p', 'desk.policy.yaml', '-e', '-', '-t', 'OLD', '--json'], events);
    expect(jsonLines(asJson.stdout).at(-1)).toEqual({
      text: expect.stringContaining('NEW names this ticket as related') as unknown,
      link: { ticket: 'NEW', namedBy: 'other', eventId: 'created', at: '2026-03-02T10:00:00.000Z' },
    });
  });
});

describe('punctual policy', () => {
  it('check points at the fault and exits 1', async () => {
    const ended = await punctual(['policy', 'check', 'desk.policy.yaml', 'broken.policy.yaml']);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toContain('✓ desk.policy.yaml');
    expect(ended.stdout).toMatch(/broken\.policy\.yaml:3:1: error: .*promisses/);
  });

  it('test plays scenarios and shows what differs', async () => {
    expect(await punctual(['policy', 'test', 'desk.policy.yaml'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 passed, 0 failed') as unknown,
    });
    const ended = await punctual(['policy', 'test', 'wrong.scenarios.yaml', '--json']);
    expect(ended.code).toBe(1);
    expect(jsonLines(ended.stdout)).toMatchObject([
      {
        line: 3,
        passed: false,
        mismatches: [
          { where: 'classification.priority', expected: 'Low', actual: 'High' },
          { where: 'clocks[0] reply.outcome', expected: 'met', actual: 'breached' },
        ],
      },
    ]);
  });
});

describe('punctual classify', () => {
  it('decides each line in order and leaves bad lines an error', async () => {
    const input = '{"id":"a","subject":"Help","priority":"high"}\n{"subject":"no id"}\n[\n{"id":7,"subject":"Help"}\n';
    const ended = await punctual(['classify', '-p', 'desk.policy.yaml'], input);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(jsonLines(ended.stdout)).toMatchObject([
      { id: 'a', priority: 'High', covered: true },
      { error: { code: 'invalid_ticket' } },
      { error: { code: 'invalid_json' } },
      { id: 7, priority: 'Low' },
    ]);
    expect((await punctual(['classify', '-p', 'desk.policy.yaml', '--strict'], input)).code).toBe(1);
  });
});

describe('punctual replay', () => {
  it('publishes the policy, opens a session, sends events in the order of time and declares progress', async () => {
    const calls: string[] = [];
    let busy = true;
    const server: Server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url === '/v1/events' && busy) {
          busy = false;
          response.writeHead(503, { 'retry-after': '0' }).end();
          return;
        }
        const events =
          request.url === '/v1/events' ? (JSON.parse(body) as { id: string }[]).map(({ id }) => id).join(' ') : '';
        const detail = request.url === '/v1/policies/desk' ? String(request.headers['content-type']) : events || body;
        calls.push(`${request.method} ${request.url} ${detail} ${request.headers.authorization}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"mode":"historical","at":null}');
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout: events } = await punctual(['import', '-m', 'desk.mapping.yaml', 'log.csv']);
    const replay = ['replay', '-e', '-', '--to', url, '-p', 'desk.policy.yaml', '--until', '2026-03-03'];
    const ended = await punctual(replay, events, { PUNCTUAL_TOKEN: 'secret' });
    server.close();
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(ended.stderr).toContain('the session stays open at 2026-03-03T00:00:00.000Z');
    expect(calls).toEqual(
      [
        'PUT /v1/policies/desk application/yaml',
        'PUT /v1/sources/desk {"policy":"desk"}',
        'POST /v1/sources/desk/sessions {}',
        'POST /v1/events 1/0/created 2/0/created 2/1/message 1/2/message',
        'POST /v1/sources/desk/progress {"at":"2026-03-02T11:00:00.000Z"}',
        'POST /v1/sources/desk/progress {"at":"2026-03-03T00:00:00.000Z"}',
      ].map((call) => `${call} Bearer secret`),
    );
  });
});
