import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Health } from './health.js';
import { startHttp, type HttpService } from './http.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { ProblemError } from './problem.js';

@Controller('v1/things')
class ThingsController {
  @Get(':name')
  async read(@Param('name') name: string): Promise<{ name: string }> {
    if (name === 'slow') await pause(500);
    if (name === 'fault') throw new Error('password=hunter2 at 10.0.0.7');
    if (name === 'busy') {
      throw new ProblemError({ status: 503, code: 'log_unavailable', title: 'Later', headers: { 'retry-after': '2' } });
    }
    return { name };
  }

  @Post()
  write(@Body() body: unknown): { type: string } {
    return { type: typeof body };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const lines: string[] = [];
const destination = new Writable({
  decodeStrings: false,
  write: (line: string, _encoding, done) => {
    lines.push(line);
    done();
  },
});

async function start(service: string): Promise<{ http: HttpService; health: Health }> {
  const health = new Health();
  const http = await startHttp(ThingsModule, {
    config: { HOST: '127.0.0.1', PORT: 0 },
    logger: createLogger({ service, level: 'debug', destination }),
    metrics: createMetrics(service),
    health,
    openApi: { title: 'Things', description: 'Test', version: '1' },
    textTypes: ['application/yaml'],
  });
  return { http, health };
}

describe('a service over HTTP', () => {
  let http: HttpService;
  let health: Health;

  beforeAll(async () => {
    ({ http, health } = await start('things'));
  });
  afterAll(() => http.stop());

  const send = (path: string, init?: RequestInit): Promise<Response> => fetch(`${http.url}${path}`, init);
  const post = (body: string | Uint8Array<ArrayBuffer>, type: string): Promise<Response> =>
    send('/v1/things', { method: 'POST', body, headers: { 'content-type': type } });

  it.each([
    ['malformed JSON', '{"a": [1, 2}', 'application/json', 400, 'malformed_json'],
    ['an empty body', '', 'application/json', 400, 'malformed_json'],
    ['a body nested too deep', '['.repeat(40) + ']'.repeat(40), 'application/json', 400, 'nested_too_deep'],
    ['a body over 1 MiB', `"${'x'.repeat(1_048_576)}"`, 'application/json', 413, 'body_too_large'],
    ['a media type nobody reads', 'a=b', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ])('answers %s with a problem', async (_what, body, type, status, code) => {
    const answer = await post(body, type);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, code, type: `urn:punctual:problem:${code}` });
  });

  it('says where JSON stops being JSON', async () => {
    const answer = await post('{\n  "a": [1, 2}', 'application/json');
    expect(await answer.json()).toMatchObject({ line: 2, column: 13 });
  });

  it('takes any JSON type as JSON and a text type as text', async () => {
    expect(await (await post('{}', 'application/cloudevents+json; charset=utf-8')).json()).toEqual({ type: 'object' });
    expect(await (await post('a: 1', 'application/yaml')).json()).toEqual({ type: 'string' });
    expect((await post(Uint8Array.of(0xff, 0xfe), 'application/json')).status).toBe(400);
  });

  it('tells a wrong path from a wrong method', async () => {
    expect(await (await send('/v1/nothing')).json()).toMatchObject({ status: 404, code: 'not_found' });
    const wrongMethod = await send('/v1/things', { method: 'DELETE' });
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('POST');
  });

  it('keeps a fault to itself', async () => {
    const answer = await send('/v1/things/fault', { headers: { 'x-request-id': 'abc-1' } });
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ code: 'internal_error', requestId: 'abc-1' });
    expect(lines.some((line) => line.includes('"requestId":"abc-1"') && line.includes('request failed'))).toBe(true);
  });

  it('passes a problem and its headers on', async () => {
    const answer = await send('/v1/things/busy');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });

  it('takes a path parameter that holds slashes', async () => {
    const name = `urn:helpdesk/${'a'.repeat(180)}`;
    expect(await (await send(`/v1/things/${encodeURIComponent(name)}`)).json()).toEqual({ name });
  });

  it('counts requests by route template', async () => {
    await send('/v1/things/secret-customer');
    const text = await (await send('/metrics')).text();
    expect(text).toContain('route="/v1/things/:name"');
    expect(text).toContain('process_cpu_seconds_total{service="things"}');
    expect(text).not.toContain('secret-customer');
    expect(lines.join('')).not.toContain('secret-customer');
  });

  it('describes itself', async () => {
    const document = (await (await send('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(['/v1/things/{name}', '/v1/things']);
  });

  it('is ready, or says why not', async () => {
    expect((await send('/health/live')).status).toBe(200);
    expect((await send('/health/ready')).status).toBe(200);
    health.addCheck('log', () => 'the log is behind');
    health.addCheck('database', () => Promise.reject(new Error('user postgres')));
    const answer = await send('/health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not_ready',
      reasons: [
        { name: 'log', reason: 'the log is behind' },
        { name: 'database', reason: 'the check failed' },
      ],
    });
  });
});

describe('two services in one process', () => {
  it('keep their metrics apart and stop on their own', async () => {
    const first = await start('first');
    const second = await start('second');
    await fetch(`${first.http.url}/v1/things/x`);
    const text = await (await fetch(`${second.http.url}/metrics`)).text();
    expect(text).toContain('service="second"');
    expect(text).not.toContain('/v1/things/:name');
    await first.http.stop();
    expect(await first.health.reasons()).toEqual([{ name: 'shutdown', reason: 'the service is stopping' }]);
    await expect(fetch(first.http.url)).rejects.toThrow();
    expect((await fetch(`${second.http.url}/health/ready`)).status).toBe(200);
    await second.http.stop();
  });
});

describe('a service that stops', () => {
  it('does not wait for a connection that never carried a request', async () => {
    const { http } = await start('stopping');
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    await once(socket, 'connect');
    // The server has taken the connection once it answers on a later one.
    await fetch(`${http.url}/health/live`);
    const closed = once(socket, 'close');
    await http.stop();
    await closed;
  }, 5_000);

  it('answers what is in hand, and waits for none of the connections that are kept open after it', async () => {
    const { http } = await start('answering');
    // As any client of fetch keeps them.
    const answers = Array.from({ length: 3 }, () => fetch(`${http.url}/v1/things/slow`));
    await pause(100);
    const began = performance.now();
    const stopped = http.stop();
    for (const answer of answers) expect(await (await answer).json()).toEqual({ name: 'slow' });
    await stopped;
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
