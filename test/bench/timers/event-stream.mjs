// Both ends of Kafka: watermarks written as the classifier writes them, and breaches read by a consumer that sees committed records only.
import { topics } from '@punctual/contracts';
import { quietKafkajs } from '../../../libs/stream/dist/kafka/quiet-kafkajs.js';
import kafkajs from 'kafkajs';

export async function openEventStream({ brokers, prefix, partitions }) {
  quietKafkajs();
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  let consumer;
  /** When each ticket's breach arrived, epoch ms. */
  const arrivals = new Map();
  return {
    arrivals,
    /** Writes a watermark to every partition, or to some, and gives back the moment before it was sent, epoch ms. */
    async watermark(at, to = Array.from({ length: partitions }, (_, partition) => partition)) {
      const value = JSON.stringify({ kind: 'watermark', at, sources: {} });
      const sentAt = Date.now();
      const messages = to.map((partition) => ({ partition, key: 'watermark', value }));
      await producer.send({ topic: prefix + topics.classified, acks: -1, messages });
      return sentAt;
    },
    /** Writes records to their partitions, and gives back the moment before they were sent, epoch ms. */
    async write(records) {
      const sentAt = Date.now();
      const messages = records.map(({ partition, value }) => ({
        partition,
        key: value.kind,
        value: JSON.stringify(value),
      }));
      await producer.send({ topic: prefix + topics.classified, acks: -1, messages });
      return sentAt;
    },
    /** Begins to read; the topic must be there. */
    async follow() {
      consumer = kafka.consumer({ groupId: `${prefix}bench`, maxWaitTimeInMs: 500 });
      await consumer.connect();
      await consumer.subscribe({ topics: [prefix + topics.sla], fromBeginning: true });
      const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
      await consumer.run({
        eachBatch: async ({ batch }) => {
          const now = Date.now();
          for (const { headers } of batch.messages) {
            if (String(headers.ce_type) !== 'sla.clock.breached') continue;
            const ticket = String(headers.ce_subject);
            if (arrivals.has(ticket)) throw new Error(`the breach of ${ticket} arrived twice`);
            arrivals.set(ticket, now);
          }
        },
      });
      await joined;
    },
    async close() {
      await consumer?.disconnect();
      await producer.disconnect();
    },
  };
}
