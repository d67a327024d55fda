import type { EscalationStep } from './compiled-policy.js';
import { parseWallDuration } from './wall-duration.js';

/** `start+15m`, `due-30m`, `due`: an anchor and working ms from it; null where the text is none. */
export function parseEscalationOffset(text: string): Pick<EscalationStep, 'anchor' | 'offsetMs'> | null {
  const [, anchor, sign, amount] = /^\s*(start|due)\s*(?:([+-])\s*(\S.*?))?\s*$/.exec(text) ?? [];
  if (anchor !== 'start' && anchor !== 'due') return null;
  if (sign === undefined || amount === undefined) return { anchor, offsetMs: 0 };
  const ms = parseWallDuration(amount);
  return ms === null ? null : { anchor, offsetMs: sign === '-' ? -ms : ms };
}
