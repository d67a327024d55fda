/** The known word nearest to what was written, as a question; null where none is near enough to be what was meant. */
export function didYouMean(written: string, known: readonly string[]): string | null {
  const wanted = written.toLowerCase();
  const near = known
    .map((word) => ({ word, distance: editDistance(wanted, word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near === undefined || near.distance > Math.max(1, Math.floor(Math.max(wanted.length, near.word.length) / 3)))
    return null;
  return `did you mean '${near.word}'?`;
}

/** `didYouMean`, or the list of what is known. */
export function didYouMeanOneOf(written: string, known: readonly string[]): string {
  return (
    didYouMean(written, known) ??
    (known.length === 0 ? 'none is declared' : `known here: ${known.slice(0, 30).join(', ')}`)
  );
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each 1. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const at = (r: number, c: number) => (r === i ? row[c] : rows[r]?.[c]) ?? Infinity;
      const substitution = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, substitution, swapped));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}
