import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { EventLog } from '../event-log.js';

/** The token of the application's event log: `@Inject(EVENT_LOG) log: EventLog`. */
export const EVENT_LOG = Symbol('EVENT_LOG');

export interface EventLogModuleOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  /** Opens the log, with whichever driver. */
  useFactory(...dependencies: never[]): Promise<EventLog>;
}

/**
 * Opens the event log when the application starts and closes it when it has stopped: after HTTP and the strategies, which both may
 * still publish until then.
 */
@Module({})
export class EventLogModule implements OnApplicationShutdown {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  static forRootAsync(options: EventLogModuleOptions): DynamicModule {
    return {
      module: EventLogModule,
      global: true,
      imports: options.imports ?? [],
      providers: [{ provide: EVENT_LOG, useFactory: options.useFactory, inject: options.inject ?? [] }],
      exports: [EVENT_LOG],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.log.close();
  }
}
