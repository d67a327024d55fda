import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { readableFailure } from '../user-error.js';

const CHUNK = 64 * 1024;

/** Lines to a file or to standard output, gathered into chunks, waiting where the reader is slower. */
export class Output {
  #pending = '';

  private constructor(
    private readonly stream: Writable,
    private readonly path: string | null,
  ) {}

  static stdout(): Output {
    return new Output(process.stdout, null);
  }

  /** Opens `path` for writing (`-` and undefined: standard output). Throws UserError where it cannot. */
  static async open(path: string | undefined): Promise<Output> {
    if (path === undefined || path === '-') return Output.stdout();
    const stream = createWriteStream(path);
    try {
      await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
    } catch (error) {
      throw readableFailure(error, path, 'write');
    }
    return new Output(stream, path);
  }

  /** Adds a line; the promise matters only where the chunk is full, and is then to be awaited. */
  line(text: string): Promise<void> | undefined {
    this.#pending += `${text}\n`;
    return this.#pending.length >= CHUNK ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const chunk = this.#pending;
    this.#pending = '';
    if (chunk === '') return;
    await new Promise<void>((resolve, reject) => {
      this.stream.write(chunk, (error) =>
        error ? reject(readableFailure(error, this.path ?? 'standard output', 'write')) : resolve(),
      );
    });
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.path === null) return;
    this.stream.end();
    await finished(this.stream);
  }
}
