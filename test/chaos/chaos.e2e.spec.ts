import 'reflect-metadata';
import { localKafkaUnavailable } from '@punctual/test-kit';
import { expect, it } from 'vitest';
import { anyFaults, type Fault } from './adversary.js';
import { runChaos } from './run-chaos.js';

/** Set by `npm run chaos`; unset, a few faults of different kinds within about a minute. */
const given = process.env['CHAOS_KILLS'];
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const few: readonly Fault[] = ['broker', 'pause', 'sla-clock'];

const reason = process.platform === 'win32' ? 'there is no SIGSTOP' : await localKafkaUnavailable();

it.skipIf(reason !== null)(
  `says what the engine says offline, once and in order, whatever is killed under it${reason === null ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const told: string[] = [];
    const print = (line: string): void => {
      told.push(line);
      if (given !== undefined) process.stdout.write(`${line}\n`);
    };
    print(`chaos: seed ${seed}, ${given ?? few.length} faults`);
    const faults =
      given === undefined ? () => few : (random: Parameters<typeof anyFaults>[1]) => anyFaults(Number(given), random);
    const { complaints, tickets } = await runChaos({ seed, faults, print }).catch((error: unknown) => {
      throw new Error([...told, String(error)].join('\n'), { cause: error });
    });
    expect(complaints, told.join('\n')).toEqual([]);
    expect(tickets).toBeGreaterThan(20);
  },
  given === undefined ? 240_000 : 7_200_000,
);
