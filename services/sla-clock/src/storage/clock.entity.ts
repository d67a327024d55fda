import type { ClockView } from '@punctual/sla-engine';
import { EntitySchema } from 'typeorm';

/** A cycle of a promise as the last fold left it. */
export interface ClockRow {
  readonly source: string;
  readonly ticket: string;
  readonly promise: string;
  readonly cycle: number;
  readonly partition: number;
  readonly policy: string;
  readonly target: string;
  readonly commitment: string;
  readonly priority: string | null;
  /** Id of the event that began the cycle. */
  readonly cycleKey: string;
  /** `unknown` where its ticket cannot be folded any more. */
  readonly outcome: ClockView['outcome'] | 'unknown';
  readonly phase: ClockView['phase'];
  /** Epoch ms as text (bigint). */
  readonly startedAt: string;
  /** Epoch ms as text (bigint). */
  readonly dueAt: string | null;
  /** Epoch ms as text (bigint). */
  readonly breachedAt: string | null;
  /** Epoch ms as text (bigint). */
  readonly stoppedAt: string | null;
  /** Working ms as text (bigint). */
  readonly lateMs: string | null;
  /** Broken, and the breach is waived. */
  readonly waived: boolean;
  /** What readers are shown. */
  readonly view: ClockView;
}

export const ClockEntity = new EntitySchema<ClockRow>({
  name: 'Clock',
  schema: 'sla_clock',
  tableName: 'clock',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    promise: { type: 'text', primary: true },
    cycle: { type: 'integer', primary: true },
    partition: { type: 'integer' },
    policy: { type: 'text' },
    target: { type: 'text' },
    commitment: { type: 'text' },
    priority: { type: 'text', nullable: true },
    cycleKey: { type: 'text', name: 'cycle_key' },
    outcome: { type: 'text' },
    phase: { type: 'text' },
    startedAt: { type: 'bigint', name: 'started_at' },
    dueAt: { type: 'bigint', nullable: true, name: 'due_at' },
    breachedAt: { type: 'bigint', nullable: true, name: 'breached_at' },
    stoppedAt: { type: 'bigint', nullable: true, name: 'stopped_at' },
    lateMs: { type: 'bigint', nullable: true, name: 'late_ms' },
    view: { type: 'json' },
    waived: { type: 'boolean', default: false },
  },
  indices: [
    // Over expressions, or holding further columns, which an entity cannot say: see their migrations.
    { name: 'clock_outcome_due', columns: [], synchronize: false },
    { name: 'clock_judged', columns: [], synchronize: false },
  ],
});
