// How benchmarks measure: the best of several rounds, because whatever else the machine does can only make a round slower.

/**
 * Runs `work`, which returns how much it did, `rounds` times after a warm-up and gives back the highest rate, per second of wall time.
 * `prepare` runs before each round and is not counted.
 */
export function bestRate(work, { rounds = 5, warmUp = 2, prepare = () => undefined } = {}) {
  let best = 0;
  for (let round = -warmUp; round < rounds; round += 1) {
    const prepared = prepare();
    const begin = process.hrtime.bigint();
    const done = work(prepared);
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    if (round >= 0) best = Math.max(best, done / seconds);
  }
  return best;
}

/** Random numbers in [0, 1), the same on every machine (Mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
