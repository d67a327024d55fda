import type { EventLog } from '../event-log.js';
import type { ClaimedPartition, UpstreamDelivery, UpstreamPosition, UpstreamPositions } from './upstream.js';

/**
 * Delivery where the stream is in another cluster than our own log, or our log is embedded: first the outputs, then the position, which
 * is in PostgreSQL and fenced. What a crash in between delivers twice has the same ids, and readers take it once.
 */
export class PublishedDelivery implements UpstreamDelivery {
  constructor(
    private readonly log: EventLog,
    private readonly kept: UpstreamPositions,
  ) {}

  async claim(clusterId: string, partition: number): Promise<ClaimedPartition> {
    const { epoch, ...position } = await this.kept.claim(clusterId, partition);
    return {
      position,
      deliver: async (outputs, next) => {
        if (outputs.length > 0) await this.log.publish(outputs);
        await this.kept.move(partition, epoch, next);
      },
      release: async () => undefined,
    };
  }

  positions(clusterId: string): Promise<ReadonlyMap<number, UpstreamPosition>> {
    return this.kept.load(clusterId);
  }

  async close(): Promise<void> {
    // Log and database are their owner's.
  }
}
