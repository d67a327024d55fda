// Times in ms as tables show them.

/** The value that `share` of the values do not exceed. */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

/** `[p50, p99, max]` as texts. */
export function spread(values) {
  if (values.length === 0) return ['-', '-', '-'];
  const sorted = Float64Array.from(values).sort();
  return [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1)].map(ms);
}

export function ms(value) {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

export function median(values) {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

export function megabytes(bytes) {
  return Number.isNaN(bytes) ? '-' : (bytes / 1_048_576).toFixed(0);
}
