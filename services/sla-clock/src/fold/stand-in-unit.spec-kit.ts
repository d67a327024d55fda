import type { DeadLetterFailure, LogRecord, Sql, UnitOfWork } from '@punctual/stream';

/** Stands in for a unit of work in a transaction that the spec has begun and ends itself. */
export class StandInUnit implements UnitOfWork {
  private readonly inFlight: Promise<unknown>[] = [];
  private readonly actions: (() => void)[] = [];

  constructor(private readonly sql: Sql) {}

  async transaction(): Promise<Sql> {
    return this.sql;
  }

  sent(statements: Promise<unknown>): void {
    // It is waited for at the end, if the unit comes to one.
    statements.catch(() => undefined);
    this.inFlight.push(statements);
  }

  /** Resolves when everything sent has been answered; to be waited for before the commit. */
  async answered(): Promise<void> {
    await Promise.all(this.inFlight);
  }

  /** The transaction has been committed. */
  committed(): void {
    for (const action of this.actions) action();
  }

  emit(): void {
    // What it says is read from the tables.
  }

  goOn(): void {
    // Nothing here takes so long.
  }

  deadLetter(_record: LogRecord, { detail }: DeadLetterFailure): never {
    throw new Error(detail);
  }

  afterCommit(action: () => void): void {
    this.actions.push(action);
  }
}
