import type { ServiceLogger } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { dropMonths } from './storage/month-retention.js';

/** How often months are looked at. What goes is decided by watermarks; this only says when somebody looks. */
const EVERY_MS = 10 * 60_000;

/** Drops old months from time to time; of several instances one at a time does. */
export class MonthKeeper {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: ServiceLogger,
    private readonly publishedKeptMs: number,
  ) {}

  start(): void {
    this.look();
    this.timer = setInterval(() => this.look(), EVERY_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private look(): void {
    this.looking ??= dropMonths(this.dataSource, this.publishedKeptMs)
      .then((dropped) => {
        for (const month of dropped) this.logger.pino.info(month, 'a month is not kept any more');
      })
      .catch((error: unknown) => {
        this.logger.pino.warn({ err: error }, 'old months could not be dropped and will be tried again');
      })
      .finally(() => {
        this.looking = null;
      });
  }
}
