import { freePort } from '@punctual/local-kafka';
import { startServiceProcess, type ServiceName } from '@punctual/standalone';
import { startPostgres, type TestDatabase, type TestPostgres } from '@punctual/test-kit';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const services = ['intake', 'classifier', 'sla-clock'] as const;
const mainOf = (service: ServiceName) => join(root, 'services', service, 'dist/bundle/main.js');
const build = () =>
  execFileSync(process.execPath, [join(root, 'deploy/build/run.mjs'), '--build-only'], { cwd: root, stdio: 'inherit' });

/** Has a process write down the files it has loaded when it ends, imported or required. */
function noting(file: string): string {
  const code = `
    import { registerHooks } from 'node:module';
    import { writeFileSync } from 'node:fs';
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => { loaded.add(url); return next(url, context); } });
    process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify([...loaded])));`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

describe('code of one byte a character', () => {
  const written = [
    ...["'–'", '"Ελλάδα 😀"', '`${1}–\\n`', "'\\\\–'", "'\\\\\\–'", "'é\\–'"],
    ...["'a–b'.replace(/[–—]/, '-')", "/\\–/.test('–')", "/^[😀]$/u.test('😀')", "/\\\\–/.test('\\\\–')"],
  ];

  it.each(written)('%s is what it was', (code) => {
    const asked = `import { oneByteEach } from '${pathToFileURL(join(root, 'deploy/build/one-byte-each.mjs')).href}';
      const code = ${JSON.stringify(code)};
      const made = oneByteEach(code);
      console.log(JSON.stringify([made, eval(code) === eval(made)]));`;
    const answer = execFileSync(process.execPath, ['--input-type=module', '--eval', asked], { encoding: 'utf8' });
    const [made, isSame] = JSON.parse(answer) as [string, boolean];
    expect(made).toMatch(/^[\0-\xff]*$/);
    expect(isSame).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('a service that was built', { timeout: 60_000 }, () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  let directory: string;
  beforeAll(async () => {
    build();
    directory = mkdtempSync(join(tmpdir(), 'punctual-bundle-'));
    postgres = await startPostgres();
    database = await postgres.createDatabase();
  });
  afterAll(async () => {
    await database.drop();
    await postgres.stop();
    rmSync(directory, { recursive: true });
  });

  const start = async (service: ServiceName, env: Record<string, string>, onLine: (line: string) => void) =>
    startServiceProcess({
      name: service,
      main: mainOf(service),
      env: {
        ...{ HOST: '127.0.0.1', PORT: String(await freePort()), DATABASE_URL: database.url },
        ...{ KAFKA_BROKERS: '', NODE_OPTIONS: '', ...env },
      },
      onLine,
    });

  it.each([
    ['intake', '/v1/sources'],
    ['classifier', '/openapi.json'],
    ['sla-clock', '/v1/clocks?limit=1'],
  ] as const)('%s runs from its bundle, with no library loaded twice', async (service, path) => {
    const notes = join(directory, `${service}.json`);
    const lines: string[] = [];
    const running = await start(service, { NODE_OPTIONS: noting(notes) }, (line) => lines.push(line));
    try {
      await running.ready(AbortSignal.timeout(30_000)).catch((error: unknown) => {
        throw new Error(lines.join('\n'), { cause: error });
      });
      expect((await fetch(running.url + path)).status).toBe(200);
      expect((await fetch(`${running.url}/v1/nothing`)).headers.get('content-type')).toContain('problem+json');
    } finally {
      await running.stop();
    }
    const loaded = (JSON.parse(readFileSync(notes, 'utf8')) as string[])
      .filter((url) => url.startsWith('file:'))
      .map((url) => relative(root, new URL(url).pathname));
    const isBundle = (file: string) => /^services\/[a-z-]+\/dist\/bundle\/|^dist\/libraries\//.test(file);
    expect(loaded.filter((file) => !isBundle(file) && !file.startsWith('node_modules/'))).toEqual([]);
    const [key = ''] = loaded.flatMap((file) => /^dist\/libraries\/(\w+)\//.exec(file)?.[1] ?? []);
    const bundled = JSON.parse(readFileSync(join(root, 'dist/libraries', key, 'modules.json'), 'utf8')) as string[];
    expect(bundled.length).toBeGreaterThan(1_500);
    expect(bundled.filter((file) => loaded.includes(file))).toEqual([]);
    expect(loaded.length).toBeLessThan(300);
  });

  it('says in a stack trace where it went wrong in the source, and by the name of what was thrown', async () => {
    let said: (line: string) => void = () => undefined;
    const lastWords = new Promise<string>((resolve) => (said = resolve));
    const other = await start('sla-clock', { PARTITIONS: '5' }, (line) => {
      if (line.includes('"level":"fatal"')) said(line);
    });
    const { err } = JSON.parse(await lastWords) as { err: { type: string; stack: string } };
    await other.ended;
    expect(err.type).toBe('StreamError');
    const [, file, line] = /\((?:file:\/\/)?(\/.+\.ts):(\d+):\d+\)/.exec(err.stack) ?? [];
    expect(relative(root, file ?? '')).toMatch(/^libs\/stream\/src\//);
    expect(readFileSync(file ?? '', 'utf8').split('\n')[Number(line) - 1]).toContain('new StreamError(');
    expect(err.stack).not.toContain('dist/bundle');
  });

  it('knows the words of its libraries in every script, from files of one byte a character', () => {
    const folder = join(root, 'dist/libraries', newestIn(join(root, 'dist/libraries')));
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    expect(files.filter((name) => /[^\0-\xff]/.test(readFileSync(join(folder, name), 'utf8')))).toEqual([]);
    const holidaysOf = (library: string): string => {
      const asked = `import Holidays from '${library}';
        const named = ['GR', 'JP', 'BG', 'IL', 'TH'].map((country) => new Holidays(country).getHolidays(2026).map(({ name }) => name));
        console.log(JSON.stringify(named));`;
      const options = { cwd: root, encoding: 'utf8' } as const;
      return execFileSync(process.execPath, ['--input-type=module', '--eval', asked], options);
    };
    expect(holidaysOf(pathToFileURL(join(folder, 'date-holidays.js')).href)).toBe(holidaysOf('date-holidays'));
  });

  it('is bundled again only where something has changed', () => {
    const made = () =>
      services.map((service) => {
        const folder = join(root, 'services', service, 'dist/bundle');
        return readdirSync(folder)
          .filter((name) => name.endsWith('.js'))
          .map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);
      });
    const before = made();
    build();
    expect(made()).toEqual(before);
  });
});

function newestIn(folder: string): string {
  const byAge = readdirSync(folder).map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }));
  return byAge.sort((a, b) => b.at - a.at)[0]?.name ?? '';
}
