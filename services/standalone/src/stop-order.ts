/** The order in which what was started is stopped: first what brings events in, then what folds them, then what keeps them. */
const order = ['trickle', 'event stream', 'intake', 'classifier', 'sla-clock', 'Kafka', 'PostgreSQL', 'lock'] as const;

export type Stoppable = (typeof order)[number];

/** What was started, each stopped once and in order; what fails to stop does not keep the rest running. */
export class StopOrder {
  readonly #started = new Map<Stoppable, () => Promise<void>>();
  #stopping: Promise<readonly string[]> | undefined;

  add(name: Stoppable, stop: () => Promise<void>): void {
    this.#started.set(name, stop);
  }

  /** Resolves with what did not stop, and why; further calls share the first one's result. */
  stopAll(): Promise<readonly string[]> {
    this.#stopping ??= this.#stopInOrder();
    return this.#stopping;
  }

  async #stopInOrder(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const name of order) {
      try {
        await this.#started.get(name)?.();
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failures;
  }
}
