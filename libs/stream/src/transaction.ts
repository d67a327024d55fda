import type { DataSource } from 'typeorm';
import type { Sql } from './event-log.js';
import { preparedStatement, type PreparedStatement } from './prepared-statement.js';
import { StreamError } from './stream-error.js';

/** The part of a `pg` client that is used here. */
interface Connection {
  query<Row>(statement: PreparedStatement): Promise<{ readonly rows: Row[]; readonly command: string }>;
}

/** One database transaction on one connection of the data source's pool. */
export interface Transaction extends Sql {
  /** Commits, or throws `transaction_aborted` where an earlier statement failed: PostgreSQL would answer such a COMMIT with a silent ROLLBACK. */
  commit(): Promise<void>;
  /** Undoes everything; never throws, since a broken connection has undone it already. */
  rollback(): Promise<void>;
}

/**
 * A process that is frozen or cut off inside a transaction keeps its row locks, and with them its partition: the next owner's claim waits
 * for that row. PostgreSQL ends such a transaction after this time without a statement.
 */
const begin = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'`;

/**
 * Begins a transaction (read committed). Statements run one after another, also if the caller does not wait for each: they are sent at once,
 * and PostgreSQL finds the next when it is done with one.
 */
export async function beginTransaction(dataSource: DataSource): Promise<Transaction> {
  const runner = dataSource.createQueryRunner();
  const connection = (await runner.connect()) as Connection;
  let failure: unknown;
  let open = true;

  const run = async <Row>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; command: string }> => {
    try {
      return await connection.query<Row>(preparedStatement(text, values));
    } catch (error) {
      failure ??= error;
      throw error;
    }
  };
  const release = async (): Promise<void> => {
    open = false;
    await runner.release();
  };
  const rollback = async (): Promise<void> => {
    if (!open) return;
    await run('ROLLBACK').catch(() => undefined);
    await release();
  };

  try {
    await run(begin);
  } catch (error) {
    await rollback();
    throw error;
  }
  return {
    rollback,
    async query<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]> {
      if (!open) throw new StreamError('unit_closed', 'a statement came after the transaction had ended');
      const { rows } = await run<Row>(text, parameters);
      return rows;
    },
    async commit() {
      if (!open) throw new StreamError('unit_closed', 'the transaction has ended');
      const { command } = await run('COMMIT');
      await release();
      if (command === 'COMMIT') return;
      throw new StreamError('transaction_aborted', 'a statement failed, so nothing was committed', { cause: failure });
    },
  };
}
