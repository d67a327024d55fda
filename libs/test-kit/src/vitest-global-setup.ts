import { createServer } from 'node:http';
import { BROKER_VARIABLE, startServer } from './postgres.js';

/**
 * Runs once, in vitest's main process. It starts no PostgreSQL itself but answers on a loopback port; the first spec that asks causes
 * the start. So a run of unit specs costs nothing, all workers share one server, and it ends with the run, whatever a worker does.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let started: ReturnType<typeof startServer> | undefined;
  const broker = createServer((_request, response) => {
    started ??= startServer();
    started.then(
      ({ server }) => response.setHeader('content-type', 'application/json').end(JSON.stringify(server)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  const address = broker.address();
  if (address === null || typeof address === 'string') throw new Error('no port was assigned');
  process.env[BROKER_VARIABLE] = `http://127.0.0.1:${address.port}/`;
  return async () => {
    broker.closeAllConnections();
    broker.close();
    const server = await started?.catch(() => undefined);
    await server?.stop();
  };
}
