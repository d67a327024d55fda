import { formatInstant, type Instant } from '@punctual/contracts';
import { ProblemError, type Clock } from '@punctual/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { LOCK_SPACE, locks } from './advisory-locks.js';
import { SourceEntity, type SourceRow } from './source.entity.js';

/** A helpdesk. A historical one's time is what its sender declared: everything dated up to and including `at` has been sent. */
export interface Source {
  readonly source: string;
  readonly policy: string | null;
  readonly mode: 'live' | 'historical';
  /** Epoch ms; null while live. */
  readonly at: Instant | null;
}

/** Where a session's time stands before any progress: before every ticket (0001-01-01, which ISO-8601 and PostgreSQL can write). */
export const BEGINNING_OF_TIME: Instant = Date.parse('0001-01-01T00:00:00Z');

/** A declared time may be ahead of ours by as much as an event's, ms. */
const MAX_AHEAD_MS = 300_000;

/** The table `intake.source`: which policy judges a source's tickets, and whether its time is its sender's word. */
export class Sources {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Every known source, by name. */
  async list(): Promise<readonly Source[]> {
    const rows = await this.dataSource.getRepository(SourceEntity).find({ order: { source: 'ASC' } });
    return rows.map(toSource);
  }

  /** The policies of those among `names` that have one of their own. */
  async policiesOf(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows: { source: string; policy: string }[] = await this.dataSource.query(
      'SELECT source, policy FROM intake.source WHERE source = ANY ($1::text[]) AND policy IS NOT NULL',
      [names],
    );
    return new Map(rows.map((row) => [row.source, row.policy]));
  }

  /** Sets the policy of a source's tickets; tickets already begun keep theirs. Registers the source if it is new. */
  async setPolicy(source: string, policy: string): Promise<Source> {
    const rows: SourceRow[] = await this.dataSource.query(
      `INSERT INTO intake.source (source, policy) VALUES ($1, $2)
       ON CONFLICT (source) DO UPDATE SET policy = excluded.policy RETURNING source, policy, mode, at`,
      [source, policy],
    );
    return first(rows);
  }

  /**
   * Begins a historical session: from the acknowledgement on, no watermark moves this source's time past `at`. Beginning again with
   * the same `at`, or none, answers the session as it is.
   * @throws ProblemError `session_open` (409), `future_progress` (422), `sources_busy` (503)
   */
  async beginSession(source: string, at: Instant | null): Promise<Source> {
    this.refuseFuture(at);
    return this.exclusively(async (manager) => {
      const current = await find(manager, source);
      if (await isEnding(manager, source)) throw busy(2);
      if (current?.mode === 'historical') {
        if (at === null || at === current.at) return current;
        throw conflict(
          'session_open',
          `'${source}' has a session already; declare progress, or end it first.`,
          current,
        );
      }
      await assertSettled(manager);
      const rows: SourceRow[] = await manager.query(
        `INSERT INTO intake.source (source, mode, at) VALUES ($1, 'historical', $2)
         ON CONFLICT (source) DO UPDATE SET mode = 'historical', at = excluded.at RETURNING source, policy, mode, at`,
        [source, at ?? BEGINNING_OF_TIME],
      );
      return first(rows);
    });
  }

  /**
   * Declares that everything of the source dated up to and including `at` has been sent.
   * @throws ProblemError `no_session` or `progress_backwards` (409, with the current state), `future_progress` (422)
   */
  async progress(source: string, at: Instant): Promise<Source> {
    this.refuseFuture(at);
    return this.exclusively(async (manager) => {
      const current = await find(manager, source);
      if (current?.mode !== 'historical' || current.at === null || (await isEnding(manager, source))) {
        throw conflict('no_session', `'${source}' has no session; begin one first.`, current);
      }
      if (at < current.at) {
        throw conflict(
          'progress_backwards',
          `Progress only goes on: it stands at ${formatInstant(current.at)}.`,
          current,
        );
      }
      return first(
        await manager.query('UPDATE intake.source SET at = $2 WHERE source = $1 RETURNING source, policy, mode, at', [
          source,
          at,
        ]),
      );
    });
  }

  /**
   * Ends a session: with the next watermark, which still carries its last progress, the source is live and its time the watermark's. So the
   * tail of the history is folded as history. A live source stays live.
   */
  async endSession(source: string): Promise<Source> {
    return this.exclusively(async (manager) => {
      const rows: SourceRow[] = await manager.query(
        `INSERT INTO intake.source (source) VALUES ($1)
         ON CONFLICT (source) DO UPDATE SET ending = source.mode = 'historical' RETURNING source, policy, 'live' AS mode, NULL AS at`,
        [source],
      );
      return first(rows);
    });
  }

  private exclusively<T>(action: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager
        .query('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, locks.sources])
        .catch((error: unknown) => {
          // lock_not_available: a watermark's append has held the sources for as long as we wait for a lock.
          if (error instanceof Error && 'code' in error && error.code === '55P03') throw busy(2);
          throw error;
        });
      return action(manager);
    });
  }

  private refuseFuture(at: Instant | null): void {
    if (at === null || at <= this.clock.now() + MAX_AHEAD_MS) return;
    throw new ProblemError({
      status: 422,
      code: 'future_progress',
      title: 'A source cannot be ahead of time',
      problems: [{ code: 'future_progress', path: '/at', detail: 'this instant is more than 5 minutes ahead of now' }],
    });
  }
}

/**
 * A watermark whose append was cut off may still land in the log, without the session that is about to begin. Until it cannot any
 * more, no session begins.
 */
async function assertSettled(manager: EntityManager): Promise<void> {
  const rows: { seconds: number }[] = await manager.query(
    `SELECT ceil(extract(epoch FROM unsettled_until - clock_timestamp()))::int AS seconds
       FROM intake.watermark WHERE unsettled_until > clock_timestamp()`,
  );
  const [wait] = rows;
  if (wait !== undefined) throw busy(wait.seconds);
}

function busy(seconds: number): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'sources_busy',
    title: 'A watermark is still under way',
    detail:
      'The watermark that ends a session, or one that was cut off, is still to come. Send this again after the seconds in Retry-After.',
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  });
}

async function find(manager: EntityManager, source: string): Promise<Source | null> {
  const row = await manager.getRepository(SourceEntity).findOneBy({ source });
  return row === null ? null : toSource(row);
}

async function isEnding(manager: EntityManager, source: string): Promise<boolean> {
  return manager.getRepository(SourceEntity).existsBy({ source, ending: true });
}

function first(rows: SourceRow[] | [SourceRow[], number]): Source {
  // TypeORM answers an UPDATE with [rows, count], everything else with the rows.
  const [row] = Array.isArray(rows[0]) ? rows[0] : (rows as SourceRow[]);
  if (row === undefined) throw new Error('a statement that always returns a row returned none');
  return toSource(row);
}

function toSource(row: SourceRow): Source {
  return { source: row.source, policy: row.policy, mode: row.mode, at: row.at === null ? null : Number(row.at) };
}

function conflict(code: string, detail: string, current: Source | null): ProblemError {
  const at = current?.at ?? null;
  return new ProblemError({
    status: 409,
    code,
    title: 'The source is in another state',
    detail,
    extensions: { current: { mode: current?.mode ?? 'live', at: at === null ? null : formatInstant(at) } },
  });
}
