import type { SlaEvent } from '@punctual/contracts';
import { contentKey, eventId, LATE_DETECTION_MS, type Published } from '@punctual/sla-engine';

/** What there is to say about a policy's desk. */
export type DeskSaying = Pick<
  SlaEvent,
  'type' | 'policy' | 'policyVersion' | 'at' | 'startedAt' | 'detectedAt' | 'reasonCode' | 'reason'
> & {
  /** The id of the record that says so. */
  readonly cause: string;
  readonly desk: NonNullable<SlaEvent['desk']>;
};

/** What is published about a policy's desk, and about no ticket. */
export function sayDesk(saying: DeskSaying): Published {
  const { type, policy, policyVersion, at, cause, detectedAt } = saying;
  const key = contentKey([type, policy, policyVersion, at, cause]);
  return {
    key,
    event: {
      ...saying,
      id: eventId(key, 0),
      source: '',
      ticket: '',
      customer: null,
      plan: null,
      tier: null,
      priority: null,
      promise: null,
      commitment: null,
      target: null,
      cycle: null,
      cycleKey: null,
      dueAt: null,
      elapsedMs: null,
      remainingMs: null,
      lateMs: null,
      lateWallMs: null,
      mode: 'live',
      lateDetection: detectedAt - at > LATE_DETECTION_MS,
      incomplete: false,
      corrects: null,
      correctedKind: null,
      threshold: null,
      refusal: null,
    },
  };
}
