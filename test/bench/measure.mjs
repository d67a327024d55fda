// How benchmarks measure: the best of several rounds, because whatever else the machine does can only make a round slower.

/**
 * Runs each of `works`, functions that return how much they did, in turn, so that whatever else the machine does meets all of them alike.
 * Gives back the highest rate of each, per second of wall time, after rounds that only warm up.
 */
export function bestRates(works, { rounds = 5, warmUp = 2 } = {}) {
  const best = works.map(() => 0);
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const begin = process.hrtime.bigint();
      const done = work();
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      if (round >= 0) best[index] = Math.max(best[index], done / seconds);
    }
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
