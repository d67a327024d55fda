// How benchmarks print: aligned tables, plain numbers, goals with their outcome.

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1,234,567`; below 100 with one digit after the point. */
export function count(value) {
  return value < 100 ? String(Math.round(value * 10) / 10) : number.format(value);
}

/** Rows of texts under their headings; the first column to the left, the others to the right. */
export function table(headings, rows) {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return [line(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** `goal: 15,000,000/s …: reached (18,123,456)` */
export function goal(what, reached, measured) {
  return `goal: ${what}: ${reached ? 'reached' : 'NOT reached'} (${measured})`;
}
