import type { WireSlaEvent } from './live-line.js';

/** Takes server-sent events apart, however the bytes were cut: the `data` of each complete event. */
export class EventStreamParser {
  #rest = '';

  push(chunk: string): string[] {
    const blocks = (this.#rest + chunk).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const data = block
        .split('\n')
        .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []));
      return data.length === 0 ? [] : [data.join('\n')];
    });
  }
}

/** What an open stream says about one SLA event. */
export type SlaEventListener = (event: WireSlaEvent) => void;

const RECONNECT_MS = 2_000;

/** Follows a stream of SLA events from now on, and again after it broke off, until stopped. */
export function followSlaEvents(url: string, onEvent: SlaEventListener): { stop(): Promise<void> } {
  const abort = new AbortController();
  const following = follow(url, onEvent, abort.signal);
  return {
    stop: async () => {
      abort.abort();
      await following;
    },
  };
}

async function follow(url: string, onEvent: SlaEventListener, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal });
      if (!response.ok || response.body === null) throw new Error(`${url} was answered ${response.status}`);
      const parser = new EventStreamParser();
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        for (const data of parser.push(chunk)) onEvent(JSON.parse(data) as WireSlaEvent);
      }
    } catch {
      // The service's own log says why; the stream is only a view.
    }
    if (!signal.aborted) await wait(RECONNECT_MS, signal);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
