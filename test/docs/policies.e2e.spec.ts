import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The examples of docs/policies.md are checked and tested as a reader would, by the command line. */

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'punctual-docs-'));
  const page = await readFile(join(root, 'docs/policies.md'), 'utf8');
  const [policy, scenarios] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  await writeFile(join(folder, 'acme.policy.yaml'), policy ?? '');
  await writeFile(join(folder, 'acme.scenarios.yaml'), scenarios ?? '');
});
afterAll(() => rm(folder, { recursive: true }));

it.each(['check', 'test'])('policy %s accepts them', async (command) => {
  const file = join(folder, 'acme.policy.yaml');
  const { stdout } = await run(process.execPath, [
    join(root, 'deploy/build/run.mjs'),
    '@punctual/cli',
    'policy',
    command,
    file,
  ]);
  expect(stdout).toMatch(command === 'check' ? /0 errors, 0 warnings/ : /4 passed, 0 failed/);
});
