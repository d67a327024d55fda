import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { readableFailure, UserError } from '../user-error.js';

/** The longest line read, in characters; longer ones are an error of that line, not of memory. */
export const MAX_LINE = 8_000_000;

export interface ByteSource {
  /** Bytes, counted in `read` as they pass. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Size in bytes where it is known. */
  readonly size: number | null;
  readonly read: () => number;
}

/** Opens a file, or standard input for `-`. Throws UserError where it cannot be read. */
export async function openBytes(path: string): Promise<ByteSource> {
  let count = 0;
  let stream: AsyncIterable<Uint8Array> = process.stdin;
  let size: number | null = null;
  if (path === '-') {
    if (process.stdin.isTTY)
      throw new UserError('nothing is piped into standard input', { fix: 'pipe a file in, or name one instead of -' });
  } else {
    try {
      const found = await stat(path);
      if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
      size = found.isFile() ? found.size : null;
    } catch (error) {
      throw readableFailure(error, path, 'read');
    }
    stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  }
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream) {
        count += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw readableFailure(error, path, 'read');
    }
  };
  return { bytes: counted(), size, read: () => count };
}

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Null where the line is longer than `MAX_LINE`. */
  readonly text: string | null;
}

/** Lines of UTF-8 text, one array for each piece read, without their ends and without a byte order mark. Blank lines are kept. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let tooLong = false;
  let number = 0;
  const finish = (text: string): Line => {
    number++;
    if (tooLong || text.length > MAX_LINE) {
      tooLong = false;
      return { number, text: null };
    }
    const plain = number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
    return { number, text: plain.endsWith('\r') ? plain.slice(0, -1) : plain };
  };
  for await (const chunk of bytes) {
    const text = rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const lines: Line[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.push(finish(text.slice(start, end)));
      start = end + 1;
    }
    rest = text.slice(start);
    if (rest.length > MAX_LINE) {
      tooLong = true;
      rest = '';
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '' || tooLong) yield [finish(rest)];
}

/** A whole text file; throws UserError where it cannot be read. */
export async function readText(path: string): Promise<string> {
  const { bytes } = await openBytes(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}
