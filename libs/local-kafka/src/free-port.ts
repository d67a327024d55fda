import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago: `preferred` if it is free, else any. */
export async function freePort(preferred = 0): Promise<number> {
  const port = (await probe(preferred)) ?? (await probe(0));
  if (port === null) throw new Error('no TCP port of 127.0.0.1 is free');
  return port;
}

function probe(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
