import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventLog, Processing, RecordBatch, UnitOfWork } from '../event-log.js';
import { StreamError } from '../stream-error.js';

export interface EventLogStrategyOptions {
  readonly log: EventLog;
  /** The group as which the topics are consumed; one per service. */
  readonly group: string;
  /** Every topic needs exactly one `@EventPattern` handler, and every handler one of these topics. */
  readonly topics: readonly string[];
  readonly maxBatch?: number;
  /** Where one application runs several strategies: handlers declared for this transport are this strategy's. */
  readonly transportId?: symbol;
}

/**
 * Lets Nest consume the event log: `@OnTopic(topic)` methods get whole batches with their unit of work, and so do `@EventPattern(topic)`
 * methods with `@Payload() batch: RecordBatch, @Ctx() unit: UnitOfWork`. One that throws rolls its unit back and is called again. Of a
 * plain `@EventPattern` Nest replaces what it throws, so the processor cannot tell a transient fault of the handler's own from a bug.
 */
export class EventLogStrategy extends Server implements CustomTransportStrategy {
  /** The processor observes failures and reports them; Nest need not. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: EventLogStrategyOptions;
  #processing: Processing | undefined;

  constructor(options: EventLogStrategyOptions) {
    super();
    this.#options = options;
    if (options.transportId !== undefined) this.setTransportId(options.transportId);
  }

  /** The processing once listening: its lag and status are for readiness and metrics. */
  get processing(): Processing | undefined {
    return this.#processing;
  }

  /** Joins the group. Calls back with `handler_mismatch` where topics and handlers do not fit together. */
  listen(callback: (error?: unknown) => void): void {
    this.#start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.#processing?.stop();
  }

  on(): never {
    throw new StreamError('invalid_option', 'the event log strategy emits no events; ask `processing.status()`');
  }

  unwrap<T>(): T {
    return this.#options.log as T;
  }

  async #start(): Promise<void> {
    this.#checkHandlers();
    const { log, group, topics, maxBatch } = this.#options;
    this.#processing = await log.process({
      group,
      topics,
      handler: (batch, unit) => this.#dispatch(batch, unit),
      ...(maxBatch === undefined ? {} : { maxBatch }),
    });
  }

  #checkHandlers(): void {
    const { topics, group } = this.#options;
    const problems = topics
      .filter((topic) => !this.messageHandlers.has(topic))
      .map((topic) => `topic '${topic}' has no handler: add a method with @OnTopic('${topic}')`);
    for (const [pattern, handler] of this.messageHandlers) {
      if (!topics.includes(pattern)) problems.push(`a handler waits for '${pattern}', which is none of the topics`);
      else if (handler.isEventHandler !== true)
        problems.push(`'${pattern}' is handled by @MessagePattern: use @OnTopic`);
      else if (handler.next !== undefined)
        problems.push(`'${pattern}' has more than one handler: one unit has one owner`);
    }
    if (problems.length === 0) return;
    throw new StreamError('handler_mismatch', `group '${group}' cannot start: ${problems.join('; ')}`);
  }

  async #dispatch(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    const handler = this.messageHandlers.get(batch.topic);
    if (handler === undefined) throw new StreamError('handler_mismatch', `topic '${batch.topic}' has no handler`);
    const result: unknown = await handler(batch, unit);
    // Nest gives back an error, and what an interceptor makes of the result, as a stream: nothing has failed or finished before it ends.
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}
