import type { Horizon, TicketEvent } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { SurgeInterval } from '../engine-input.js';
import { continueTicket } from '../continue-ticket.js';
import { foldTicket } from '../fold-ticket.js';
import type { Folded } from '../folded.js';
import type { PolicySchedule } from '../policy-schedule.js';
import { publishContinued, publishRefolded, type Published } from '../publish.js';
import { refoldCause } from '../refold-cause.js';
import type { TicketState } from '../ticket-state.js';
import { decisionsOf } from './histories.spec-kit.js';

/**
 * What carries the engine, in short: it takes deliveries in any order, folds at watermarks, continues where it can, folds from the start
 * where it must, and keeps what it published. The laws are stated of it.
 */
export class Station {
  private readonly known = new Map<string, TicketEvent>();
  private pending: TicketEvent[] = [];
  state: TicketState | null = null;
  readonly published: Published[] = [];
  continued = 0;
  refolded = 0;

  constructor(
    /** May be told of further publications at any time. */
    public policy: CompiledPolicy | PolicySchedule,
    /** The surges known so far; may be told at any time. */
    public surges: readonly SurgeInterval[] = [],
  ) {}

  deliver(event: TicketEvent): void {
    if (this.known.has(event.id)) return;
    this.known.set(event.id, event);
    this.pending.push(event);
  }

  watermark(horizon: Horizon): void {
    const due = this.pending.filter(({ occurredAt }) => occurredAt <= horizon.eventsUpTo);
    if (due.length === 0 && this.state === null) return;
    this.pending = this.pending.filter((event) => !due.includes(event));
    const context = {
      source: 'laws',
      ticket: 'T-1',
      policy: 'laws',
      detectedAt: horizon.duesBefore,
      noticedAt: horizon.duesBefore,
      mode: 'live' as const,
    };
    const events = [...this.known.values()];
    const decisions = { ...decisionsOf(events), surges: this.surges };
    const continued = this.state && continueTicket(this.state, { ...decisions, events: due }, this.policy, horizon);
    if (continued) {
      this.continued += 1;
      this.published.push(...publishContinued(continued, context));
      this.keep(continued);
      return;
    }
    this.refolded += 1;
    const folded = foldTicket({ source: 'laws', ticket: 'T-1' }, { ...decisions, events }, this.policy, horizon);
    const before = this.standing();
    const output =
      this.published.length === 0
        ? publishContinued(folded, context)
        : publishRefolded(
            folded,
            before,
            this.state?.retractions ?? {},
            context,
            refoldCause(this.state, { ...decisions, events: due }, horizon),
          );
    this.published.push(...output);
    this.keep(folded);
  }

  /** What is published and not retracted, oldest first. */
  standing(): Published[] {
    const corrected = new Set(this.published.flatMap(({ event }) => event.corrects ?? []));
    return this.published.filter(({ event }) => !corrected.has(event.id));
  }

  /** Net outcomes: standing verdicts without notifications and retractions, as content keys, sorted. */
  netKeys(): string[] {
    return this.standing()
      .filter(({ event }) => event.corrects === null && event.type !== 'sla.clock.warning')
      .map(({ key, event }) => `${event.type} ${event.promise ?? ''} ${event.at} ${key}`)
      .sort();
  }

  private keep(folded: Folded): void {
    // Through JSON, as a database would keep it.
    this.state = JSON.parse(JSON.stringify(folded.state)) as TicketState;
  }
}
