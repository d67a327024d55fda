import type { PriorityInput } from '@punctual/classification';
import type { CoverageDecision, PriorityDecision } from '@punctual/contracts';
import { EntitySchema } from 'typeorm';
import type { TicketCourse } from './ticket-course.js';

/** A ticket as the table holds it: what its events say about priority, and the decisions that follow. Without any text. */
export interface ClassifiedTicketRow {
  readonly source: string;
  readonly ticket: string;
  readonly partition: number;
  readonly policy: string;
  readonly policyVersion: string;
  /** Epoch ms as text (bigint). */
  readonly createdAt: string;
  /** An event claims `createdAt`; otherwise it is the earliest event's time. */
  readonly creationClaimed: boolean;
  /** Counts the changes of the two histories. */
  readonly revision: number;
  readonly inputs: PriorityInput[];
  readonly priorityHistory: PriorityDecision[];
  readonly coverageHistory: CoverageDecision[];
  readonly course: TicketCourse;
  /** Ids of those who are the requester. */
  readonly requesters: string[];
  /** Since when it is over, as far as its events say. Epoch ms as text (bigint). */
  readonly endedAt: string | null;
  /** Since when only its policy and revision are kept. Epoch ms as text (bigint). */
  readonly removedAt: string | null;
  /** Why its events cannot be classified; null while they can. */
  readonly quarantined: string | null;
}

export const ClassifiedTicketEntity = new EntitySchema<ClassifiedTicketRow>({
  name: 'ClassifiedTicket',
  schema: 'classifier',
  tableName: 'ticket',
  columns: {
    source: { type: 'text', primary: true },
    ticket: { type: 'text', primary: true },
    partition: { type: 'integer' },
    policy: { type: 'text' },
    policyVersion: { type: 'text', name: 'policy_version' },
    createdAt: { type: 'bigint', name: 'created_at' },
    creationClaimed: { type: 'boolean', name: 'creation_claimed' },
    revision: { type: 'integer' },
    inputs: { type: 'json' },
    priorityHistory: { type: 'json', name: 'priority_history' },
    coverageHistory: { type: 'json', name: 'coverage_history' },
    course: { type: 'json' },
    requesters: { type: 'json', default: [] },
    endedAt: { type: 'bigint', nullable: true, name: 'ended_at' },
    removedAt: { type: 'bigint', nullable: true, name: 'removed_at' },
    quarantined: { type: 'text', nullable: true },
  },
  indices: [
    {
      name: 'ticket_ended',
      columns: ['partition', 'endedAt'],
      where: 'ended_at IS NOT NULL AND removed_at IS NULL',
    },
  ],
});
