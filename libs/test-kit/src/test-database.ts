import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database and fails if somebody is still connected: that suite leaked. */
  drop(): Promise<void>;
}

export interface DatabaseTemplate {
  /** One template is made per name and run; every database of that name is a copy of it. */
  readonly name: string;
  /** Runs once, usually the migrations. It must close its connections. */
  prepare(url: string): Promise<void>;
}

/** Creates an empty database, or a copy of a template, on the server at `serverUrl`. `run` keeps templates of runs apart. */
export async function createTestDatabase(
  serverUrl: string,
  run: string,
  template?: DatabaseTemplate,
): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    if (template === undefined) {
      await client.query(`CREATE DATABASE ${name}`);
      return;
    }
    // The lock covers the copy, too: PostgreSQL refuses to copy a database that another session is connected to.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template.name]);
    const source = await ensureTemplate(client, serverUrl, run, template);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY wal_log`);
  });
  const url = databaseUrl(serverUrl, name);
  return { url, drop: () => withClient(serverUrl, (client) => dropDatabase(client, name)) };
}

async function ensureTemplate(
  client: pg.Client,
  serverUrl: string,
  run: string,
  template: DatabaseTemplate,
): Promise<string> {
  const name = `template_${run}_${template.name.replace(/\W/g, '_').toLowerCase()}`;
  const ready = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (ready.rowCount === 1) return name;
  const draft = `${name}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft}`);
  await template.prepare(databaseUrl(serverUrl, draft));
  await waitUntilUnused(client, draft);
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  return name;
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  const left = await waitUntilUnused(client, name);
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  if (left.length === 0) return;
  const list = left.map((one) => `${one.application_name || 'unnamed'} (${one.state}): ${one.query.slice(0, 200)}`);
  throw new Error(`${left.length} connection(s) to the test database were left open:\n${list.join('\n')}`);
}

interface Connection {
  readonly application_name: string;
  readonly state: string;
  readonly query: string;
}

/** Waits up to a second for backends to notice that their clients have gone; returns those that have not. */
async function waitUntilUnused(client: pg.Client, name: string): Promise<Connection[]> {
  for (let attempt = 0; ; attempt += 1) {
    const { rows } = await client.query<Connection>(
      `SELECT application_name, state, query FROM pg_stat_activity
        WHERE datname = $1 AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      [name],
    );
    if (rows.length === 0 || attempt === 50) return rows;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

async function withClient<T>(url: string, action: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'test-kit' });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}
