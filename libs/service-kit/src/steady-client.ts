import pg from 'pg';

/**
 * A PostgreSQL connection whose errors always find a listener. The pool takes its own away when it hands a connection out, and TypeORM adds one a
 * moment later: a server that stops in between would end the process. Whoever uses the connection is told by the failure of its next query.
 *
 * Its promises are its own (docs/adr/0026): of what `pg` promises, every row outlives the collections of young objects.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

type Done = (error: Error | null | undefined, answer: pg.QueryResult) => void;

const queryWithCallback = pg.Client.prototype.query as (this: pg.Client, ...asked: unknown[]) => unknown;

/**
 * Promises the answer to what is asked without a function to call. For a promise of its own `pg` assigns a function literal to a property of the
 * query. V8 makes such functions old objects from the start, and what an old object holds is not young any more for whoever collects
 * those: the query, its answer and every row in it, long after their use.
 */
function query(this: pg.Client, ...asked: unknown[]): unknown {
  // An object that takes its answer itself, such as a cursor, is given back.
  if (typeof asked.at(-1) === 'function' || isSubmittable(asked[0])) return queryWithCallback.apply(this, asked);
  return new Promise<pg.QueryResult>((resolve, reject) => {
    const done: Done = (error, answer) => {
      if (error === null || error === undefined) resolve(answer);
      else reject(error);
    };
    queryWithCallback.call(this, ...asked, done);
  }).catch((error: unknown) => {
    // It was made where the answer was read: what helps is who asked.
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  });
}

function isSubmittable(asked: unknown): boolean {
  return typeof asked === 'object' && asked !== null && 'submit' in asked;
}

// Assigned, since a method of the class would have to repeat every overload of pg's.
SteadyClient.prototype.query = query as typeof pg.Client.prototype.query;
