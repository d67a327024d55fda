import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ImportFailure } from './import-failure.js';

/** Bytes to text, unpacking gzip where the first two bytes are its mark, whatever the file is called. Throws ImportFailure. */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: 'utf-8' | 'latin1',
): AsyncGenerator<string> {
  // `latin1` is windows-1252 by the WHATWG encoding standard, which is what such exports really are.
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk: Uint8Array | undefined): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new ImportFailure(
        'wrong_encoding',
        `the file is not ${encoding}`,
        'set `file: { encoding: latin1 }` in the mapping, or convert it',
      );
    }
  };
  for await (const chunk of unzipped(bytes)) {
    const text = decode(chunk);
    if (text !== '') yield text;
  }
  const rest = decode(undefined);
  if (rest !== '') yield rest;
}

async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  let head = new Uint8Array(0);
  let ended = false;
  while (head.length < 2 && !ended) {
    const { value, done } = await source.next();
    ended = done === true;
    if (value) head = Buffer.concat([head, value]);
  }
  const whole = (async function* () {
    if (head.length > 0) yield head;
    while (!ended) {
      const { value, done } = await source.next();
      if (done) return;
      yield value;
    }
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const output = new PassThrough();
  const unpacking = pipeline(whole, createGunzip(), output);
  // The reader below meets the same failure through `output`.
  unpacking.catch(() => undefined);
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
    await unpacking;
  } catch (error) {
    if (!(error instanceof Error) || !/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new ImportFailure(
      'broken_gzip',
      `the gzip data is damaged or cut short (${error.message})`,
      'fetch the file again',
    );
  }
}
