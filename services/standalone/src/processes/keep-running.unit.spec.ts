import { describe, expect, it } from 'vitest';
import { keepRunning, type Runner } from './keep-running.js';

/** A runner that the test ends. */
function runner(): Runner & { end(how: string): void; readonly stops: number } {
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  let stops = 0;
  return {
    ended,
    end: (how) => end(how),
    get stops() {
      return stops;
    },
    stop: async () => {
      stops += 1;
      end('stopped');
    },
  };
}

describe('what is kept running', () => {
  it('is started again when it ends, with a longer pause each time, and says so', async () => {
    const runners = [runner(), runner(), runner()];
    const said: string[] = [];
    let begun = 0;
    const kept = await keepRunning({
      name: 'sla-clock',
      begin: async () => runners[begun++] ?? runner(),
      say: (line) => said.push(line),
      firstPauseMs: 10,
    });
    runners[0]?.end('SIGKILL');
    await expect.poll(() => begun).toBe(2);
    runners[1]?.end('exit code 1');
    await expect.poll(() => begun).toBe(3);
    await kept.stop();
    expect(runners[2]?.stops).toBe(1);
    expect(said).toEqual([
      'sla-clock ended (SIGKILL); starting it again in 0.01 s',
      expect.stringMatching(/^sla-clock runs again, \d+\.\d s later$/) as string,
      'sla-clock ended (exit code 1); starting it again in 0.02 s',
      expect.stringMatching(/^sla-clock runs again, /) as string,
    ]);
  });

  it('tries on where a restart fails, and rejects where the first start does', async () => {
    const [first, last] = [runner(), runner()];
    const outcomes = [async () => first, () => Promise.reject(new Error('no database')), async () => last];
    const said: string[] = [];
    let begun = 0;
    const begin = () => (outcomes[begun++] ?? outcomes[2] ?? outcomes[0] ?? (async () => last))();
    const kept = await keepRunning({ name: 'intake', begin, say: (line) => said.push(line), firstPauseMs: 1 });
    first.end('exit code 1');
    await expect.poll(() => begun).toBe(3);
    await kept.stop();
    expect(said).toContain('intake ended (no database); starting it again in 0.002 s');
    const refused = keepRunning({ name: 'intake', begin: () => Promise.reject(new Error('no')), say: () => undefined });
    await expect(refused).rejects.toThrow('no');
  });

  it('is not started again once it is stopped', async () => {
    const only = runner();
    let begun = 0;
    const begin = async () => {
      begun += 1;
      return only;
    };
    const kept = await keepRunning({ name: 'classifier', begin, say: () => undefined, firstPauseMs: 1 });
    await kept.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toBe(1);
  });
});
