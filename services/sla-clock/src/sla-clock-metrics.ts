import type { SlaEvent, Watermark } from '@punctual/contracts';
import { addLagGauge, type Clock, type ServiceLogger, type ServiceMetrics } from '@punctual/service-kit';
import { countUnresolved, type Processing } from '@punctual/stream';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { DataSource } from 'typeorm';
import { addDeskGauges } from './desk/desk-metrics.js';
import { addEscalationGauge } from './escalation-metrics.js';
import { addMonthGauges } from './month-metrics.js';
import { WalkProgress } from './walk-progress.js';
import type { TicketWalk } from './fold/ticket-walk.js';
import type { FoldObserver } from './fold/fold-observer.js';
import { databaseSql } from './storage/database-sql.js';

/** Where the gauges look. */
export interface MetricSources {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
  processing(): Processing | undefined;
  held(): readonly { partition: number; watermark: Watermark | null; pending: number; armed: number }[];
  /** Called when SLA events have been committed. */
  wakeReaders(): void;
}

/** The SLA clock's own series. Labels are names from policies and closed lists, never a ticket's content. */
export class SlaClockMetrics implements FoldObserver {
  private readonly recordedEvents: Counter;
  private readonly foldedTickets: Counter;
  private readonly foldSeconds: Histogram;
  private readonly refolds: Counter<'reason'>;
  private readonly slaEvents: Counter<'type'>;
  private readonly retractions: Counter<'kind'>;
  private readonly deadLetters: Counter<'code'>;
  private readonly sealedTickets: Counter;
  private readonly repeatedCreations: Counter;
  private readonly walks: WalkProgress;

  constructor(
    metrics: ServiceMetrics,
    private readonly sources: MetricSources,
  ) {
    const registers = [metrics.registry];
    this.recordedEvents = new Counter({
      name: 'punctual_recorded_events_total',
      help: 'Events added to timelines.',
      registers,
    });
    this.foldedTickets = new Counter({
      name: 'punctual_folded_tickets_total',
      help: 'Folds of single tickets.',
      registers,
    });
    this.foldSeconds = new Histogram({
      name: 'punctual_fold_duration_seconds',
      help: 'Time of one round of folds, until its statements are sent.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.refolds = new Counter({
      name: 'punctual_refolds_total',
      help: 'Tickets folded again from their start, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.slaEvents = new Counter({
      name: 'punctual_sla_events_total',
      help: 'SLA events this instance published.',
      labelNames: ['type'],
      registers,
    });
    this.retractions = new Counter({
      name: 'punctual_retractions_total',
      help: 'Retractions this instance published, by what was taken back.',
      labelNames: ['kind'],
      registers,
    });
    this.deadLetters = new Counter({
      name: 'punctual_dead_letters_total',
      help: 'Records given up, by reason.',
      labelNames: ['code'],
      registers,
    });
    this.sealedTickets = new Counter({
      name: 'punctual_sealed_tickets_total',
      help: 'Tickets this instance sealed: their verdicts stay, their timelines are gone.',
      registers,
    });
    this.repeatedCreations = new Counter({
      name: 'punctual_repeated_creations_total',
      help: 'Creations of tickets that were there already: they are ignored.',
      registers,
    });
    this.walks = new WalkProgress(metrics, sources);
    addDeskGauges(metrics, sources.dataSource);
    addEscalationGauge(metrics, sources.dataSource);
    addMonthGauges(metrics, sources.dataSource);
    addSlaTotals(metrics, sources.dataSource);
    addPartitionGauges(metrics, sources);
  }

  recorded(events: number): void {
    this.recordedEvents.inc(events);
  }

  createdAgain(events: number): void {
    this.repeatedCreations.inc(events);
  }

  sealed(tickets: number): void {
    this.sealedTickets.inc(tickets);
  }

  folded(tickets: number, ms: number): void {
    this.foldedTickets.inc(tickets);
    this.foldSeconds.observe(ms / 1_000);
  }

  refolded(reason: 'evidence' | 'policy_version'): void {
    this.refolds.inc({ reason });
  }

  published(events: readonly Pick<SlaEvent, 'type' | 'correctedKind'>[]): void {
    for (const { type, correctedKind } of events) {
      this.slaEvents.inc({ type });
      if (correctedKind !== null) this.retractions.inc({ kind: correctedKind });
    }
    this.sources.wakeReaders();
  }

  walkBegan(partition: number, walk: TicketWalk): void {
    this.walks.began(partition, walk);
  }

  walked(partition: number, walk: TicketWalk, folded: number): void {
    this.walks.walked(partition, walk, folded);
  }

  deadLettered(code: string): void {
    this.deadLetters.inc({ code });
  }

  quarantined(error: unknown, partition: number): void {
    this.sources.logger.pino.error({ err: error, partition }, 'a ticket cannot be folded and was set aside');
  }
}

interface TotalRow {
  policy: string;
  target: string;
  priority: string;
  commitment: string;
  outcome: string;
  said: string;
  retracted: string;
}

/**
 * Business totals come from the database, so that every instance exposes the same. The series of one scrape come from one reading: the
 * registry collects them side by side, and `said` less `retracted` must not mix two moments.
 */
function addSlaTotals({ registry }: ServiceMetrics, dataSource: DataSource): void {
  const labelNames = ['policy', 'target', 'priority', 'commitment', 'outcome'] as const;
  let reading: Promise<TotalRow[]> | null = null;
  const readOnce = (): Promise<TotalRow[]> => {
    reading ??= dataSource
      .query<TotalRow[]>(
        `SELECT policy, target, priority, commitment, outcome, sum(said) AS said, sum(retracted) AS retracted
           FROM sla_clock.sla_total GROUP BY policy, target, priority, commitment, outcome`,
      )
      .finally(() => (reading = null));
    return reading;
  };
  const addTotal = (name: string, help: string, column: 'said' | 'retracted'): void => {
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const rows = await readOnce();
        this.reset();
        for (const row of rows) {
          const { policy, target, priority, commitment, outcome } = row;
          this.inc({ policy, target, priority, commitment, outcome }, Number(row[column]));
        }
      },
    });
  };
  addTotal('punctual_sla_total', 'Verdicts published, by outcome.', 'said');
  addTotal(
    'punctual_sla_retracted_total',
    'Verdicts taken back; what counts is punctual_sla_total less this.',
    'retracted',
  );
}

function addPartitionGauges(metrics: ServiceMetrics, sources: MetricSources): void {
  const registers = [metrics.registry];
  const labelNames = ['partition'] as const;
  new Gauge({
    name: 'punctual_watermark_age_seconds',
    help: 'How far the watermark of a partition lies behind the clock.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { partition, watermark } of sources.held()) {
        if (watermark !== null) this.set({ partition }, (sources.clock.now() - watermark.at) / 1_000);
      }
    },
  });
  new Gauge({
    name: 'punctual_pending_tickets',
    help: 'Tickets with events that wait for their watermark.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { partition, pending } of sources.held()) this.set({ partition }, pending);
    },
  });
  new Gauge({
    name: 'punctual_loaded_timers',
    help: 'Tickets whose next deadline or threshold is near enough to be held in memory.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { partition, armed } of sources.held()) this.set({ partition }, armed);
    },
  });
  new Gauge({
    name: 'punctual_armed_clocks',
    help: 'Clocks that run, over all partitions.',
    registers,
    async collect() {
      const [row]: { n: string | null }[] = await sources.dataSource.query(
        `SELECT sum(clocks) AS n FROM sla_clock.clock_count WHERE outcome = 'running'`,
      );
      this.set(Number(row?.n ?? 0));
    },
  });
  new Gauge({
    name: 'punctual_quarantined_tickets',
    help: 'Tickets set aside because they cannot be folded, over all partitions.',
    registers,
    async collect() {
      const [row]: { n: string }[] = await sources.dataSource.query(
        'SELECT count(*) AS n FROM sla_clock.ticket WHERE quarantined IS NOT NULL',
      );
      this.set(Number(row?.n ?? 0));
    },
  });
  new Gauge({
    name: 'punctual_incomplete_tickets',
    help: 'Tickets about which a record was given up that nobody has dealt with, over all partitions.',
    registers,
    async collect() {
      const [row]: { n: string }[] = await sources.dataSource.query(
        'SELECT count(DISTINCT (source, ticket)) AS n FROM sla_clock.incomplete',
      );
      this.set(Number(row?.n ?? 0));
    },
  });
  new Gauge({
    name: 'punctual_dead_letters_unresolved',
    help: 'Records given up by any service that nobody has redriven or dismissed, over all partitions.',
    labelNames: ['topic', 'code'],
    registers,
    async collect() {
      this.reset();
      for (const { topic, code, letters } of await countUnresolved(databaseSql(sources.dataSource))) {
        this.set({ topic, code }, letters);
      }
    },
  });
  addLagGauge(metrics, async () => (await sources.processing()?.lag()) ?? []);
}
