import { createServer, type ServerResponse } from 'node:http';
import { KAFKA_VARIABLE, startOwnKafka } from './kafka/kafka.js';
import { BROKER_VARIABLE, startServer } from './postgres.js';

/**
 * Runs once, in vitest's main process. It starts no server itself but answers on a loopback port; the first spec that asks causes the
 * start. So a run of unit specs costs nothing, all workers share one PostgreSQL and one Kafka, and both end with the run, whatever a
 * worker does.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let postgres: ReturnType<typeof startServer> | undefined;
  let kafka: ReturnType<typeof startOwnKafka> | undefined;
  const broker = createServer((request, response) => {
    if (request.url === '/kafka') {
      kafka ??= startOwnKafka(1);
      void answer(
        response,
        kafka.then(({ brokers, how }) => ({ brokers, how })),
      );
      return;
    }
    postgres ??= startServer();
    void answer(
      response,
      postgres.then(({ server }) => server),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  const address = broker.address();
  if (address === null || typeof address === 'string') throw new Error('no port was assigned');
  process.env[BROKER_VARIABLE] = `http://127.0.0.1:${address.port}/`;
  process.env[KAFKA_VARIABLE] = `http://127.0.0.1:${address.port}/kafka`;
  return async () => {
    broker.closeAllConnections();
    broker.close();
    const servers = await Promise.all([postgres?.catch(() => undefined), kafka?.catch(() => undefined)]);
    await Promise.all(servers.map((server) => server?.stop()));
  };
}

async function answer(response: ServerResponse, started: Promise<unknown>): Promise<void> {
  try {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(await started));
  } catch (error) {
    response.statusCode = 500;
    response.end(error instanceof Error ? error.message : String(error));
  }
}
