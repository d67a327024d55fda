import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punctual-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the lock of a data directory', () => {
  it('refuses a second start while the first runs, and names its process', () => {
    const release = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(`process ${process.pid}`);
    release();
    lockDirectory(directory)();
  });

  it('takes over from a process that is gone', () => {
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, born: 'then' }));
    lockDirectory(directory)();
  });

  it('takes over where the number belongs to another process by now', () => {
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: process.pid, born: 'before the reboot' }));
    lockDirectory(directory)();
  });

  it('takes over from a start that was killed while it wrote the lock', () => {
    writeFileSync(join(directory, 'lock'), '{"pi');
    lockDirectory(directory)();
  });

  it('does not give back a lock that another start holds by now', () => {
    const release = lockDirectory(directory);
    writeFileSync(join(directory, 'lock'), 'another');
    release();
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('another');
  });
});
