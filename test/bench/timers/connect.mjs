import pg from 'pg';

/** One connection, with options of `pg`. Whoever uses it hears of its end; a server that stops after a failure must not hide that failure. */
export async function connect(connectionString, options = {}) {
  const client = new pg.Client({ connectionString, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
