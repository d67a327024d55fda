/** CRC-32C (Castagnoli) in its reflected form, as Kafka's record batches carry it. */
const POLYNOMIAL = 0x82f63b78;
const BYTES_AT_ONCE = 8;

/** `tables[n][byte]`: what a byte makes of the checksum when n more bytes have passed. */
const tables = makeTables();

/**
 * The checksum of some bytes, unsigned. Eight bytes a step ("slicing by 8"), each through a table of its own: twice as fast as byte by byte,
 * which took a third of the time it takes to write a batch of records.
 */
export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % BYTES_AT_ONCE);
  let crc = -1;
  for (let at = 0; at < whole; at += BYTES_AT_ONCE) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      at8(t7, low) ^
      at8(t6, low >>> 8) ^
      at8(t5, low >>> 16) ^
      at8(t4, low >>> 24) ^
      at8(t3, high) ^
      at8(t2, high >>> 8) ^
      at8(t1, high >>> 16) ^
      at8(t0, high >>> 24);
  }
  for (let at = whole; at < bytes.length; at += 1) crc = at8(t0, crc ^ view.getUint8(at)) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

function at8(table: Int32Array, value: number): number {
  return table[value & 0xff] ?? 0;
}

type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
  const next = (table: Int32Array): Int32Array => table.map((crc) => (crc >>> 8) ^ at8(first, crc));
  const second = next(first);
  const third = next(second);
  const fourth = next(third);
  const fifth = next(fourth);
  const sixth = next(fifth);
  const seventh = next(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, next(seventh)];
}
