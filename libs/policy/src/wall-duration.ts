const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const part = /(\d+(?:\.\d+)?)(ms|d|h|m|s)/g;

/** A duration by the wall clock (`5s`, `1h30m`, `28d`; a day is 24 hours) in ms; null where the text is none. */
export function parseWallDuration(text: string): number | null {
  const compact = text.replaceAll(/\s/g, '').toLowerCase();
  if (!/^(\d+(\.\d+)?(ms|d|h|m|s))+$/.test(compact)) return null;
  let ms = 0;
  for (const [, amount, unit] of compact.matchAll(part)) ms += Number(amount) * units[unit as keyof typeof units];
  return Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : null;
}
