import type { DecisionRecord } from '@punctual/classification';
import { addLagGauge, type ServiceMetrics } from '@punctual/service-kit';
import type { Processing } from '@punctual/stream';
import { Counter } from 'prom-client';

/** The classifier's own series. Labels are names from policies and closed lists, never a ticket's content. */
export class ClassifierMetrics {
  private readonly events: Counter;
  private readonly decisions: Counter<'policy' | 'priority'>;
  private readonly needsReview: Counter<'policy'>;
  private readonly duplicates: Counter;
  private readonly deadLetters: Counter<'code'>;
  private readonly quarantines: Counter;

  constructor(metrics: ServiceMetrics, processing: () => Processing | undefined) {
    const registers = [metrics.registry];
    this.events = new Counter({
      name: 'punctual_classified_events_total',
      help: 'Ticket events passed on.',
      registers,
    });
    this.decisions = new Counter({
      name: 'punctual_decisions_total',
      help: 'Priority decisions that took effect.',
      labelNames: ['policy', 'priority'],
      registers,
    });
    this.needsReview = new Counter({
      name: 'punctual_decisions_need_review_total',
      help: 'Priority decisions too unsure to stand without a person.',
      labelNames: ['policy'],
      registers,
    });
    this.duplicates = new Counter({
      name: 'punctual_duplicate_events_total',
      help: 'Events delivered again with the same content, and ignored.',
      registers,
    });
    this.deadLetters = new Counter({
      name: 'punctual_dead_letters_total',
      help: 'Records given up, by reason.',
      labelNames: ['code'],
      registers,
    });
    this.quarantines = new Counter({
      name: 'punctual_quarantined_tickets_total',
      help: 'Tickets set aside because their events could not be classified.',
      registers,
    });
    addLagGauge(metrics, async () => (await processing()?.lag()) ?? []);
  }

  passedOn(events: number): void {
    this.events.inc(events);
  }

  decided(policy: string, decisions: readonly DecisionRecord[]): void {
    for (const { decision } of decisions) {
      this.decisions.inc({ policy, priority: decision.priority });
      if (decision.needsReview) this.needsReview.inc({ policy });
    }
  }

  duplicated(): void {
    this.duplicates.inc();
  }

  deadLettered(code: string): void {
    this.deadLetters.inc({ code });
  }

  quarantined(): void {
    this.quarantines.inc();
  }
}
