import { openRecovery, type Misfit } from '@punctual/stream';
import type { ExitCode } from '../program.js';
import { Output } from '../terminal/output.js';
import { formatTable } from '../terminal/table.js';
import { silent, withDatabase } from './operator-connection.js';

export interface RecoverOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Says where database and Kafka do not fit together, what would be lost and what repeated, and with `--yes` makes them fit. Exits with 1 where
 * something is wrong and nothing was done.
 */
export async function recoverCommand(options: RecoverOptions): Promise<ExitCode> {
  return withDatabase<ExitCode>(async (dataSource, config) => {
    const recovery = await openRecovery(config, dataSource, silent);
    try {
      const misfits = options.yes === true ? await recovery.mend() : await recovery.find();
      const output = Output.stdout();
      if (options.json === true) for (const misfit of misfits) await output.line(JSON.stringify(misfit));
      else for (const line of tableOf(misfits)) await output.line(line);
      await output.close();
      process.stderr.write(`${whatNow(misfits, options.yes === true)}\n`);
      return misfits.length > 0 && options.yes !== true ? 1 : 0;
    } finally {
      await recovery.close();
    }
  });
}

function tableOf(misfits: readonly Misfit[]): string[] {
  if (misfits.length === 0) return [];
  return formatTable(
    [
      { title: 'group' },
      { title: 'topic' },
      { title: 'partition', align: 'right' },
      { title: 'what' },
      { title: 'position', align: 'right' },
      { title: 'log', align: 'right' },
      { title: 'lost', align: 'right' },
      { title: 'repeated', align: 'right' },
    ],
    misfits.map(({ group, topic, partition, code, position, start, end, lost, repeated }) => [
      group,
      topic,
      String(partition),
      code,
      String(position),
      `${start}..${end}`,
      String(lost),
      String(repeated),
    ]),
  );
}

function whatNow(misfits: readonly Misfit[], done: boolean): string {
  if (misfits.length === 0) return 'database and log fit together; nothing to recover';
  const lost = misfits.reduce((sum, misfit) => sum + misfit.lost, 0);
  const repeated = misfits.reduce((sum, misfit) => sum + misfit.repeated, 0);
  const sums = `${lost} records ${done ? 'were' : 'are'} lost unread, ${repeated} outputs ${done ? 'are made' : 'would be made'} again with the same ids`;
  return done
    ? `recovered: ${sums}; the services go on by themselves`
    : `${sums}\nnothing was done; add --yes to recover`;
}
