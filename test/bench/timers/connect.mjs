import pg from 'pg';

/** One connection. Whoever uses it hears of its end; a server that stops after a failure must not hide that failure. */
export async function connect(connectionString) {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
