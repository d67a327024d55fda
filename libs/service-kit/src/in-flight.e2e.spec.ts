import { Controller, Module, Post } from '@nestjs/common';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Health } from './health.js';
import { startHttp, type HttpService } from './http.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { ProblemError } from './problem.js';

@Controller('v1/sink')
class SinkController {
  @Post()
  take(): { taken: true } {
    return { taken: true };
  }
}

@Module({ controllers: [SinkController] })
class SinkModule {}

describe('bodies in flight', () => {
  let http: HttpService;
  beforeAll(async () => {
    http = await startHttp(SinkModule, {
      config: { HOST: '127.0.0.1', PORT: 0 },
      logger: createLogger({ service: 'sink', level: 'silent' }),
      metrics: createMetrics('sink'),
      health: new Health(),
      openApi: { title: 'Sink', description: 'Test', version: '1' },
      maxInFlightBytes: 1_000,
      beforeBody: (request) => {
        if (request.headers['x-refuse'] !== undefined) {
          throw new ProblemError({ status: 401, code: 'unauthorized', title: 'Who are you?' });
        }
      },
    });
  });
  afterAll(() => http.stop());

  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${http.url}/v1/sink`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  it('are bounded, and freed when a caller hangs up', async () => {
    const { port } = new URL(http.url);
    const slow = connect(Number(port), '127.0.0.1');
    await once(slow, 'connect');
    slow.write('POST /v1/sink HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n[');
    const body = JSON.stringify('x'.repeat(300));
    await expect.poll(async () => (await post(body)).status, { interval: 20 }).toBe(503);
    const refused = await post(body);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'too_many_in_flight' });
    slow.destroy();
    await expect.poll(async () => (await post(body)).status, { interval: 20 }).toBe(201);
  });

  it('are not read from callers who are refused', async () => {
    const answer = await post('{ this is not JSON', { 'x-refuse': 'yes' });
    expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthorized' });
  });
});
