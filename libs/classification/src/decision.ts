import type { PrioritySetter } from '@punctual/contracts';
import type { Facts } from './facts.js';

/** What the classifier says about one ticket, with its reasons. */
export interface Decision {
  /** The policy's name of the priority. */
  readonly priority: string;
  /** Whether the policy promises this ticket anything at this priority. */
  readonly covered: boolean;
  /** Why not, where not. */
  readonly notCovered: { readonly code: string; readonly reason: string } | null;
  /** The rules' reason to hold the ticket outside every promise; null where none does. */
  readonly exclusion: string | null;
  /** One plain line. It quotes no text of the ticket. */
  readonly reason: string;
  /** 0..1. */
  readonly confidence: number;
  readonly needsReview: boolean;
  /** The rule that decided, where one did. */
  readonly rule: string | null;
  /** `proposed` where the policy reserves the decision for a person. */
  readonly status: 'decided' | 'proposed';
  readonly by: PrioritySetter;
  readonly facts: Facts;
}
