/** An invented incident log with the columns and habits of the BPI Challenge 2013: seeded, so the same every time. */
export function incidentLog({ cases, seed }: { readonly cases: number; readonly seed: number }): string {
  const random = mulberry32(seed);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  const begin = Date.UTC(2026, 1, 2, 6);
  const day = 86_400_000;
  const lines: { at: number; text: string }[] = [];
  for (let number = 1; number <= cases; number++) {
    const impact = pick(['Major', 'High', 'High', 'Medium', 'Medium', 'Medium', 'Low', 'Low']);
    let at = begin + Math.floor(random() * 30 * 86_400) * 1000;
    const steps = 1 + Math.floor(random() * 14);
    for (let step = 0; step < steps; step++) {
      const last = step === steps - 1;
      const [status, substatus] =
        step === 0 ? pick(beginnings) : last && random() < 0.75 ? pick(endings) : pick(substatuses);
      const row = [
        `1-${number}`,
        new Date(at).toISOString(),
        status,
        substatus,
        `A${pick(['1', '2', '3'])}`,
        pick(['V1', 'V2 2nd', 'V3 3rd']),
      ];
      lines.push({ at, text: [...row, 'A2_1', impact, 'PROD1', 'Org line A', 'se', 'Sweden'].join(',') });
      // Rows of one second are common in the real log, and so are weeks between rows.
      at += random() < 0.15 ? 0 : Math.floor(random() ** 3 * 6 * 86_400) * 1000;
    }
  }
  // Cut in the middle of things, as an export is: some incidents still run, some wait.
  lines.sort((a, b) => a.at - b.at);
  const kept = lines.filter(({ at }) => at < begin + 30 * day);
  const header =
    'case,at,status,substatus,agent,group,role,impact,product,organization_involved,organization_country,resource_country';
  return `${[header, ...kept.map(({ text }) => text)].join('\n')}\n`;
}

const beginnings = [
  ['Accepted', 'In Progress'],
  ['Queued', 'Awaiting Assignment'],
] as const;

const endings = [
  ['Completed', 'Resolved'],
  ['Completed', 'Closed'],
  ['Completed', 'In Call'],
] as const;

const substatuses = [
  ['Accepted', 'In Progress'],
  ['Accepted', 'Assigned'],
  ['Queued', 'Awaiting Assignment'],
  ['Accepted', 'Wait - User'],
  ['Accepted', 'Wait - Vendor'],
  ['Accepted', 'Wait'],
  ['Completed', 'Resolved'],
  ['Completed', 'Cancelled'],
] as const;

/** A small generator with 32 bits of state; good enough to invent incidents. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
