import pg from 'pg';

/**
 * A PostgreSQL connection whose errors always find a listener. The pool takes its own away when it hands a connection out, and TypeORM adds one a
 * moment later: a server that stops in between would end the process. Whoever uses the connection is told by the failure of its next query.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
