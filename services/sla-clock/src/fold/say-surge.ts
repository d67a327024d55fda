import type { Instant, SurgeRecord } from '@punctual/contracts';
import { contentKey, eventId, LATE_DETECTION_MS, type Published } from '@punctual/sla-engine';
import type { DeskSurge } from './desk-surges.js';

/** What is published of a surge that began or ended: about the policy's desk, and about no ticket. */
export function saySurge(
  { policy, id, reason }: SurgeRecord,
  surge: DeskSurge,
  policyVersion: string,
  detectedAt: Instant,
): Published {
  const type = surge.to === null ? 'sla.surge.started' : 'sla.surge.ended';
  const at = surge.to ?? surge.from;
  const key = contentKey([type, policy, policyVersion, at, id]);
  return {
    key,
    event: {
      id: eventId(key, 0),
      type,
      source: '',
      ticket: '',
      customer: null,
      plan: null,
      tier: null,
      priority: null,
      policy,
      policyVersion,
      promise: null,
      commitment: null,
      target: null,
      cycle: null,
      cycleKey: null,
      at,
      detectedAt,
      startedAt: surge.from,
      dueAt: null,
      elapsedMs: null,
      remainingMs: null,
      lateMs: null,
      lateWallMs: null,
      cause: id,
      reasonCode: surge.to === null ? 'surge' : 'surge_over',
      reason,
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
