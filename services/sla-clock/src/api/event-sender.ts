import type { SlaEvent } from '@punctual/contracts';
import type { FastifyReply } from 'fastify';
import { formatCursor, type EventCursor } from '../events/event-cursor.js';
import type { Follower, PlacedSlaEvent } from '../events/event-tail.js';
import { wireSlaEvent } from './wire.js';

/** A client that has this many bytes still to take is too slow, and is cut off: it resumes where it was. */
const MOST_UNSENT_BYTES = 4 * 1_048_576;

/** Which events a client asked for; all where nothing is said. */
export interface WantedEvents {
  readonly types?: ReadonlySet<string> | undefined;
  readonly source?: string | undefined;
  readonly mode?: SlaEvent['mode'] | undefined;
}

/** Why a client was cut off: too much piled up for it, or it took nothing for two heartbeats. */
export type CutOff = 'too_slow' | 'stalled';

interface SenderOptions {
  /** Between two signs of life, ms: proxies close what is silent. */
  readonly heartbeatMs: number;
  cutOff(why: CutOff): void;
}

/** Writes events to one client, as server-sent events. */
export class EventSender implements Follower {
  private readonly early: string[] = [];
  private begun = false;
  private place: EventCursor | null = null;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly reply: FastifyReply,
    private readonly wanted: WantedEvents,
    private readonly options: SenderOptions,
  ) {}

  begin(leave: () => void): void {
    this.reply.hijack();
    const { raw } = this.reply;
    raw.on('error', leave);
    raw.on('close', () => {
      clearInterval(this.heartbeat);
      leave();
    });
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: 2000\n\n${this.early.splice(0).join('')}`);
    this.begun = true;
    // A follower of the past is read to at its own pace, so little piles up for it; without a pace it would keep its place for ever.
    raw.setTimeout(2 * this.options.heartbeatMs, () => {
      if (raw.writableNeedDrain) this.cutOff('stalled');
    });
    this.heartbeat = setInterval(() => this.beat(), this.options.heartbeatMs);
    this.heartbeat.unref();
  }

  deliver(events: readonly PlacedSlaEvent[], before: EventCursor): void {
    const cursor = [...before];
    let text = '';
    for (const { partition, seq, event } of events) {
      cursor[partition] = seq + 1;
      if (!this.wants(event)) continue;
      text += `id: ${formatCursor(cursor)}\nevent: ${event.type}\ndata: ${JSON.stringify(wireSlaEvent(event))}\n\n`;
    }
    this.place = cursor;
    if (text !== '') this.write(text);
  }

  async drained(): Promise<void> {
    const { raw } = this.reply;
    if (!this.begun || raw.destroyed || !raw.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        raw.off('drain', done);
        raw.off('close', done);
        resolve();
      };
      raw.once('drain', done);
      raw.once('close', done);
    });
  }

  end(): void {
    if (this.begun) this.reply.raw.end();
  }

  private wants(event: SlaEvent): boolean {
    const { types, source, mode } = this.wanted;
    if (types && !types.has(event.type)) return false;
    return (source === undefined || event.source === source) && (mode === undefined || event.mode === mode);
  }

  /** Also tells a client how far it has come where nothing it wants has happened. One that has more to take needs no sign of life. */
  private beat(): void {
    if (this.reply.raw.writableNeedDrain) return;
    this.write(this.place === null ? ': beat\n\n' : `: beat\nid: ${formatCursor(this.place)}\n\n`);
  }

  private write(text: string): void {
    if (!this.begun) {
      this.early.push(text);
      return;
    }
    const { raw } = this.reply;
    if (raw.destroyed || raw.writableEnded) return;
    raw.write(text);
    if (raw.writableLength > MOST_UNSENT_BYTES) this.cutOff('too_slow');
  }

  private cutOff(why: CutOff): void {
    this.reply.raw.destroy();
    this.options.cutOff(why);
  }
}
