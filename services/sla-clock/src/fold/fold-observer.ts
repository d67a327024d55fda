import type { SlaEvent } from '@punctual/contracts';
import type { TicketWalk } from './ticket-walk.js';

/** Told of what the fold does, for metrics, logs and waking readers. Calls after the commit, except durations. None may throw. */
export interface FoldObserver {
  recorded(events: number): void;
  /** A round of folds; `ms` covers its statements. */
  folded(tickets: number, ms: number): void;
  refolded(reason: 'evidence' | 'policy_version'): void;
  published(events: readonly Pick<SlaEvent, 'type' | 'correctedKind'>[]): void;
  deadLettered(code: string): void;
  /** Creations that were ignored, because the ticket was there already. */
  createdAgain(events: number): void;
  /** Tickets whose timelines were removed. */
  sealed(tickets: number): void;
  /** A walk through a partition's tickets began. */
  walkBegan(partition: number, walk: TicketWalk): void;
  /** It went on: so many tickets were folded. */
  walked(partition: number, walk: TicketWalk, folded: number): void;
  quarantined(error: unknown, partition: number): void;
}
