import { kafkajs } from '@punctual/stream';
import type { Admin, Kafka, KafkaMessage, Message, Producer } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether a message is one of those that are waited for. */
type Counts = (message: KafkaMessage) => boolean;

/** The helpdesk's side of a cluster: it makes topics, writes them, and reads ours as any stranger would. */
export class Stranger {
  private constructor(
    private readonly kafka: Kafka,
    private readonly admin: Admin,
    private readonly producer: Producer,
  ) {}

  static async connect(brokers: readonly string[]): Promise<Stranger> {
    const kafka = new kafkajs.Kafka({
      brokers: [...brokers],
      clientId: 'stranger',
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const [admin, producer] = [kafka.admin(), kafka.producer({ allowAutoTopicCreation: false })];
    await Promise.all([admin.connect(), producer.connect()]);
    return new Stranger(kafka, admin, producer);
  }

  async makeTopic(topic: string, partitions: number): Promise<void> {
    await this.admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    // kafkajs' own waiting fails where a broker has not heard of the topic yet.
    for (let known = false; !known; await pause(20)) {
      known = await this.admin.fetchTopicOffsets(topic).then(
        () => true,
        () => false,
      );
    }
  }

  async write(topic: string, messages: readonly Message[]): Promise<void> {
    await this.producer.send({ topic, acks: -1, messages: [...messages] });
  }

  /** A member of a group that takes its share of the partitions and reads none of them, as one that hangs. */
  async hang(
    group: string,
    topic: string,
  ): Promise<{ readonly partitions: readonly number[]; leave(): Promise<void> }> {
    const consumer = this.kafka.consumer({
      groupId: group,
      sessionTimeout: 6_000,
      heartbeatInterval: 200,
      maxWaitTimeInMs: 50,
    });
    const joined = new Promise<readonly number[]>((resolve) => {
      consumer.on('consumer.group_join', ({ payload }) => {
        const mine = payload.memberAssignment[topic] ?? [];
        consumer.pause([{ topic }]);
        if (mine.length > 0) resolve(mine);
      });
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
    return { partitions: await joined, leave: () => consumer.disconnect() };
  }

  /** Every committed record of a topic, once it has `count` of them and after a moment for those that must not be. */
  async read(topic: string, count: number, counts: Counts = () => true): Promise<KafkaMessage[]> {
    return [...(await this.readPartitions(topic, count, counts)).values()].flat();
  }

  /** As `read`, by partition, each in order; `uncommitted` shows what no transaction has committed as well. */
  async readPartitions(
    topic: string,
    count: number,
    counts: Counts = () => true,
    isolation: 'committed' | 'uncommitted' = 'committed',
  ): Promise<ReadonlyMap<number, readonly KafkaMessage[]>> {
    const found = new Map<number, KafkaMessage[]>();
    let counted = 0;
    const consumer = this.kafka.consumer({
      groupId: `stranger-${randomBytes(4).toString('hex')}`,
      maxWaitTimeInMs: 50,
      readUncommitted: isolation === 'uncommitted',
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const messages = found.get(partition);
        if (messages === undefined) found.set(partition, [message]);
        else messages.push(message);
        if (counts(message)) counted += 1;
      },
    });
    const end = performance.now() + 30_000;
    while (counted < count && performance.now() < end) await pause(20);
    await pause(500);
    await consumer.disconnect();
    return found;
  }

  /** Which partitions of a topic each member of a group has. */
  async sharesOf(group: string, topic: string): Promise<readonly (readonly number[])[]> {
    const { groups } = await this.admin.describeGroups([group]);
    return (groups[0]?.members ?? []).map(({ memberAssignment }) => {
      const decoded = kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment);
      return decoded?.assignment[topic] ?? [];
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
  }
}

export const textOfHeaders = (message: KafkaMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]));
