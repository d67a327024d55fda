import { chmod, mkdir } from 'node:fs/promises';
import { freePort } from './free-port.js';

const image = 'apache/kafka:4.1.0';

export interface ContainerKafkaOptions {
  /** Keeps the data across starts; with the container where absent. */
  readonly directory?: string;
  /** Names the cluster of that directory. */
  readonly clusterId?: string;
}

/** Starts one Kafka node in a container that Testcontainers removes when this process ends. */
export async function startContainerKafka({ directory, clusterId }: ContainerKafkaOptions = {}): Promise<{
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}> {
  // Loaded only here: it is large, and most runs do not need it.
  const { GenericContainer, Wait } = await import('testcontainers');
  // Clients are sent to the advertised address, so the port on this side must be known before the start.
  const port = await freePort();
  const definition = new GenericContainer(image)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '200',
      ...(clusterId === undefined ? {} : { CLUSTER_ID: clusterId }),
      ...(directory === undefined ? {} : { KAFKA_LOG_DIRS: '/var/lib/kafka/data' }),
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/));
  if (directory !== undefined) {
    await mkdir(directory, { recursive: true });
    // The node has a user of its own in the container.
    await chmod(directory, 0o777);
    definition.withBindMounts([{ source: directory, target: '/var/lib/kafka/data' }]);
  }
  const container = await definition.start();
  return {
    brokers: [`${container.getHost()}:${port}`],
    stop: async () => {
      await container.stop();
    },
  };
}
