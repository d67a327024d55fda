import type { Clock, ServiceLogger, ServiceMetrics } from '@punctual/service-kit';
import { Counter, Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { TicketWalk } from './fold/ticket-walk.js';

/** A walk that goes on is told of this often, ms. */
const TELL_EVERY_MS = 10_000;

/** Tells how walks through the tickets of a policy get on: in the log, and as metrics. */
export class WalkProgress {
  private readonly tickets: Counter<'policy'>;
  private readonly toldAt = new Map<string, number>();

  constructor(
    { registry }: ServiceMetrics,
    private readonly sources: {
      readonly dataSource: DataSource;
      readonly clock: Clock;
      readonly logger: ServiceLogger;
    },
  ) {
    this.tickets = new Counter({
      name: 'punctual_policy_walk_tickets_total',
      help: 'Tickets this instance folded because of a walk through the tickets of their policy.',
      labelNames: ['policy'],
      registers: [registry],
    });
    new Gauge({
      name: 'punctual_policy_walk_remaining',
      help: 'Tickets that walks which have begun have still before them, over all partitions.',
      labelNames: ['policy'],
      registers: [registry],
      async collect() {
        this.reset();
        const rows: { policy: string; remaining: string }[] = await sources.dataSource.query(
          `SELECT policy, sum(greatest(total - done, 0)) AS remaining FROM sla_clock.policy_walk
            WHERE finished_at IS NULL AND began_at IS NOT NULL GROUP BY policy`,
        );
        for (const { policy, remaining } of rows) this.set({ policy }, Number(remaining));
      },
    });
  }

  began(partition: number, walk: TicketWalk): void {
    this.toldAt.set(nameOf(partition, walk), this.sources.clock.now());
    this.tell(partition, walk, 'a walk through the tickets of a policy has begun');
  }

  walked(partition: number, walk: TicketWalk, folded: number): void {
    this.tickets.inc({ policy: walk.policy }, folded);
    const name = nameOf(partition, walk);
    if (walk.finishedAt !== null) {
      this.toldAt.delete(name);
      return this.tell(partition, walk, 'a walk through the tickets of a policy has ended');
    }
    const now = this.sources.clock.now();
    if (now < (this.toldAt.get(name) ?? 0) + TELL_EVERY_MS) return;
    this.toldAt.set(name, now);
    this.tell(partition, walk, 'a walk through the tickets of a policy goes on');
  }

  private tell(partition: number, { policy, subject, mode, done, total }: TicketWalk, what: string): void {
    this.sources.logger.pino.info({ partition, policy, subject, mode, done, total }, what);
  }
}

function nameOf(partition: number, { policy, subject, effectiveAt }: TicketWalk): string {
  return `${partition} ${policy} ${subject} ${effectiveAt}`;
}
