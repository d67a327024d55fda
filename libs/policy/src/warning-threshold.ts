import type { PromiseDuration, WarningThreshold } from './compiled-policy.js';
import { parseWallDuration } from './wall-duration.js';

/** Only to order thresholds of a promise in business days, whose working time differs from date to date. */
const TYPICAL_BUSINESS_DAY_MS = 8 * 3_600_000;

/** `80%` of the target, or `-15m` before it (working time); null where the text is neither. */
export function parseWarning(text: string): WarningThreshold | null {
  const label = text.trim();
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(label)?.[1];
  if (percent !== undefined) {
    const share = Number(percent);
    return share > 0 && share < 100 ? { kind: 'percent', percent: share, label } : null;
  }
  const remaining = label.startsWith('-') ? parseWallDuration(label.slice(1)) : null;
  return remaining !== null && remaining > 0 ? { kind: 'remaining', ms: remaining, label } : null;
}

/** The thresholds in the order in which they are crossed; one that lies before the start is left out. */
export function orderWarnings(
  warnings: readonly WarningThreshold[],
  duration: PromiseDuration | null,
): WarningThreshold[] {
  if (duration === null) return [];
  const total = duration.kind === 'work' ? duration.ms : duration.days * TYPICAL_BUSINESS_DAY_MS;
  return warnings
    .map((warning) => ({
      warning,
      at: warning.kind === 'percent' ? (total * warning.percent) / 100 : total - warning.ms,
    }))
    .filter(({ at }) => at > 0 || duration.kind === 'businessDays')
    .sort((a, b) => a.at - b.at)
    .map(({ warning }) => warning);
}
