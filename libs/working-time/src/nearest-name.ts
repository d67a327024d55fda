/** The IANA zone whose name is nearest to what was written; the city alone counts too (`berlin`). */
export function nearestZone(written: string): string {
  const city = written.slice(written.lastIndexOf('/') + 1);
  const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const byCity = zones.find((zone) => fold(zone.slice(zone.lastIndexOf('/') + 1)) === fold(city));
  return byCity ?? nearestName(written, zones) ?? 'UTC';
}

/** The candidate with the fewest edits from what was written, ignoring case; null where there are no candidates. */
export function nearestName(written: string, candidates: readonly string[]): string | null {
  const text = fold(written.slice(0, 60));
  let nearest: string | null = null;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const edits = editDistance(text, fold(candidate));
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]/g, '');
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, k) => k);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let k = 1; k <= other.length; k += 1) {
      const replaced = (row[k - 1] ?? 0) + (one[i - 1] === other[k - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[k] ?? 0) + 1, (next[k - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
