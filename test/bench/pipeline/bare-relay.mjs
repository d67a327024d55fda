// A process of its own: three kafkajs consumers hand every record of `tickets.received` on from topic to topic, and do nothing else. Plain
// sends: acks=all, no idempotence, no transaction, no compression; fetches and batches as kafkajs has them by default.
import { quietKafkajs } from '../../../libs/stream/dist/kafka/quiet-kafkajs.js';
import kafkajs from 'kafkajs';

// Idle, kafkajs would spin, and the relay's CPU time is what ours is compared with; otherwise it is as it is installed.
quietKafkajs();
const { brokers, partitions, records } = JSON.parse(process.argv[2]);
const hops = [
  ['tickets.received', 'bench.relay.1'],
  ['bench.relay.1', 'bench.relay.2'],
  ['bench.relay.2', 'bench.relay.3'],
];
const kafka = new kafkajs.Kafka({ brokers, clientId: 'bench-relay', logLevel: kafkajs.logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: hops.map(([, topic]) => ({ topic, numPartitions: partitions })) });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();

let begun = 0;
let cpu;
let done = () => undefined;
const finished = new Promise((resolve) => (done = resolve));
let passed = 0;
const consumers = await Promise.all(
  hops.map(async ([from, to], hop) => {
    const consumer = kafka.consumer({ groupId: `bench-relay-${hop}` });
    await consumer.connect();
    await consumer.subscribe({ topics: [from], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch }) => {
        if (begun === 0) {
          begun = performance.now();
          cpu = process.cpuUsage();
          process.send('begun');
        }
        const { partition } = batch;
        const messages = batch.messages.map(({ key, value, headers }) => ({ key, value, headers, partition }));
        await producer.send({ topic: to, acks: -1, messages });
        if (hop < hops.length - 1) return;
        passed += messages.length;
        if (passed === records) done();
      },
    });
    return consumer;
  }),
);
await finished;
const ms = performance.now() - begun;
const { user, system } = process.cpuUsage(cpu);
process.send({ ms, cpuMs: (user + system) / 1_000 });
await Promise.all(consumers.map((consumer) => consumer.disconnect()));
await producer.disconnect();
await admin.deleteTopics({ topics: hops.map(([, topic]) => topic) });
await admin.disconnect();
process.disconnect();
