import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { spawnBound } from './bound-process.js';

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('a process bound to ours', () => {
  it('has the pid of the program itself, its output and its exit code', async () => {
    const child = spawnBound(process.execPath, ['-e', 'console.log(process.pid); process.exit(3)']);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(Number(line)).toBe(child.pid);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(3);
  });

  it('gets the signals that it is sent', async () => {
    const program = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')";
    const child = spawnBound(process.execPath, ['-e', program]);
    await once(createInterface(child.stdout), 'line');
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(7);
  });

  it('ends with the process that started it, even one that was killed', async () => {
    const module = new URL('./bound-process.ts', import.meta.url).href;
    const parent = spawn(process.execPath, [
      ...['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e'],
      `import { spawnBound } from ${JSON.stringify(module)};
       console.log(spawnBound('sleep', ['600']).pid); setInterval(() => {}, 1000);`,
    ]);
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    expect(runs(Number(line))).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => runs(Number(line)), { timeout: 5_000 }).toBe(false);
  });
});
