import type { Instant } from '@punctual/contracts';
import type { Clock, ServiceLogger } from '@punctual/service-kit';
import { UpstreamConsumer, type UpstreamStatus } from '@punctual/stream';
import type { StoredUpstreamPositions } from './upstream-positions.js';
import { checkPartitions, earliest, NOTHING_READ } from './upstream-time.js';
import type { UpstreamStream } from './upstreams-file.js';

export interface UpstreamReaderParts {
  readonly stream: UpstreamStream;
  readonly consumer: UpstreamConsumer;
  readonly positions: StoredUpstreamPositions;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
}

/** One stream as this instance reads it, and how far all instances have read it. */
export class UpstreamReader {
  private checking: Promise<void> | undefined;
  private failing = false;
  private known: { readonly behind: number; readonly completeUntil: Instant } | undefined;
  private remembered: Instant | undefined;

  constructor(private readonly parts: UpstreamReaderParts) {}

  get name(): string {
    return this.parts.stream.name;
  }

  get source(): string {
    return this.parts.stream.mapping.source;
  }

  /** Records that nobody has read, as of the last check; null before the first. */
  get behind(): number | null {
    return this.known?.behind ?? null;
  }

  /**
   * The instant up to which the stream has been read, epoch ms. A check that fails leaves it where it is: time waits for a stream
   * that cannot be reached.
   */
  get completeUntil(): Instant {
    return this.known?.completeUntil ?? this.remembered ?? NOTHING_READ;
  }

  status(): UpstreamStatus {
    return this.parts.consumer.status();
  }

  start(): void {
    this.parts.consumer.start();
  }

  async stop(): Promise<void> {
    await this.parts.consumer.stop();
    await this.checking;
  }

  /** Checks how far the stream has been read; waits for at most `limitMs`, and not at all for one that did not answer last time. */
  async check(limitMs: number): Promise<void> {
    this.checking ??= this.checkNow().finally(() => (this.checking = undefined));
    if (this.failing) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([this.checking, limit]);
    clearTimeout(timer);
  }

  private async checkNow(): Promise<void> {
    const { consumer, positions, clock, logger } = this.parts;
    try {
      const before = await positions.completeUntil();
      if (before.size > 0) this.remembered = Math.max(earliest(before.values()), this.remembered ?? NOTHING_READ);
      const checkedAt = clock.now();
      const reach = await consumer.reach();
      const found = checkPartitions(reach, checkedAt, before);
      await positions.remember(reach.clusterId, found);
      const behind = found.reduce((sum, one) => sum + one.behind, 0);
      this.known = { behind, completeUntil: earliest(found.map((one) => one.completeUntil)) };
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        logger.pino.warn({ err: error, upstream: this.name }, 'an upstream does not say how far it reaches');
      this.failing = true;
    }
  }
}
