import type { TicketWalk } from '../fold/ticket-walk.js';
import { EntitySchema } from 'typeorm';

/** How far a partition has walked through the tickets of a policy, because of a published version or a surge. */
export interface PolicyWalkRow {
  readonly partition: number;
  readonly policy: string;
  /** The version, or the id of the record by which a surge began or ended. */
  readonly subject: string;
  /** Epoch ms as text (bigint). */
  readonly effectiveAt: string;
  readonly mode: string;
  /** Epoch ms as text (bigint). */
  readonly affectsFrom: string;
  readonly phase: TicketWalk['phase'];
  /** The last ticket walked past. Epoch ms as text (bigint). */
  readonly afterAt: string;
  readonly afterSource: string;
  readonly afterTicket: string;
  /** As text (bigint). */
  readonly done: string;
  /** As text (bigint). */
  readonly total: string | null;
  /** Epoch ms as text (bigint). */
  readonly beganAt: string | null;
  /** Epoch ms as text (bigint). */
  readonly finishedAt: string | null;
}

export const PolicyWalkEntity = new EntitySchema<PolicyWalkRow>({
  name: 'PolicyWalk',
  schema: 'sla_clock',
  tableName: 'policy_walk',
  columns: {
    partition: { type: 'integer', primary: true },
    policy: { type: 'text', primary: true },
    subject: { type: 'text', primary: true },
    effectiveAt: { type: 'bigint', primary: true, name: 'effective_at' },
    mode: { type: 'text' },
    affectsFrom: { type: 'bigint', name: 'affects_from' },
    phase: { type: 'text' },
    afterAt: { type: 'bigint', name: 'after_at' },
    afterSource: { type: 'text', name: 'after_source' },
    afterTicket: { type: 'text', name: 'after_ticket' },
    done: { type: 'bigint' },
    total: { type: 'bigint', nullable: true },
    beganAt: { type: 'bigint', nullable: true, name: 'began_at' },
    finishedAt: { type: 'bigint', nullable: true, name: 'finished_at' },
  },
});
