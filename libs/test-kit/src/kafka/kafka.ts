import {
  containerEngineAnswers,
  startContainerKafka,
  startLocalKafka,
  whyNoLocalKafka,
  type KafkaLogin,
  type SecuredAddresses,
} from '@punctual/local-kafka';

export type KafkaOrigin = 'KAFKA_TEST_BROKERS' | 'testcontainers' | 'local';

export interface TestKafka {
  readonly brokers: readonly string[];
  readonly how: KafkaOrigin;
  /** Stops the brokers if this call started them; one shared by the run is stopped when the run ends. */
  stop(): Promise<void>;
  /** Kills a broker of a cluster that this call started from jars, and starts it again; others refuse. */
  kill(index: number): Promise<void>;
  start(index: number): Promise<void>;
}

/** Where the vitest main process answers with the run's broker; see vitest-global-setup.ts. */
export const KAFKA_VARIABLE = 'PUNCTUAL_TEST_KAFKA_BROKER';

/**
 * Why there can be no Kafka here; null where there can. Suites that need Kafka are skipped by this reason, which their names then carry.
 * `REQUIRE_KAFKA=1` turns the skip into a failure.
 */
export async function kafkaUnavailable(): Promise<string | null> {
  if (process.env['KAFKA_TEST_BROKERS'] || (await containerEngineAnswers())) return null;
  return localKafkaUnavailable();
}

/** Why there can be no Kafka here whose brokers a test starts as it needs them: of three, or with TLS and SASL. As `kafkaUnavailable`. */
export async function localKafkaUnavailable(): Promise<string | null> {
  const reason = await whyNoLocalKafka();
  if (reason === null || process.env['REQUIRE_KAFKA'] !== '1') return reason;
  throw new Error(`REQUIRE_KAFKA=1, but there is no Kafka that could serve: ${reason}`);
}

/**
 * A real Kafka for tests: `KAFKA_TEST_BROKERS` if set, else (for one broker) the one shared by this vitest run, else a container where an
 * engine answers, else Apache Kafka from its published jars under Java. Three brokers are always the caller's own, for tests that kill some.
 */
export async function startKafka(options: { readonly brokers: 1 | 3 } = { brokers: 1 }): Promise<TestKafka> {
  const shared = process.env[KAFKA_VARIABLE];
  if (options.brokers === 1 && shared !== undefined) {
    const response = await fetch(shared);
    if (!response.ok) throw new Error(`the run's Kafka did not start: ${await response.text()}`);
    const { brokers, how } = (await response.json()) as Pick<TestKafka, 'brokers' | 'how'>;
    return { brokers, how, stop: async () => undefined, ...notOwned };
  }
  return startOwnKafka(options.brokers);
}

/** Starts brokers that the caller owns. */
export async function startOwnKafka(count: 1 | 3): Promise<TestKafka> {
  const given = process.env['KAFKA_TEST_BROKERS'];
  if (given) {
    const brokers = given.split(',').map((broker) => broker.trim());
    return { brokers, how: 'KAFKA_TEST_BROKERS', stop: async () => undefined, ...notOwned };
  }
  if (count === 1 && (await containerEngineAnswers())) {
    return { ...(await startContainerKafka()), how: 'testcontainers', ...notOwned };
  }
  const reason = await whyNoLocalKafka();
  if (reason !== null) throw new Error(`Kafka cannot run here: ${reason}`);
  return { ...(await startLocalKafka({ brokers: count })), how: 'local' };
}

/** A broker with TLS and SASL, and one that is spoken to in plain text; the caller's own, always from the jars. */
export interface SecuredKafka extends SecuredAddresses {
  readonly plain: string;
  stop(): Promise<void>;
}

/** Starts a broker that `login` may log in to. */
export async function startSecuredKafka(login: KafkaLogin): Promise<SecuredKafka> {
  const { brokers, secured, stop } = await startLocalKafka({ brokers: 1, secured: login });
  const [plain] = brokers;
  if (plain === undefined || secured === null) throw new Error('the broker has no secured listeners');
  return { ...secured, plain, stop };
}

const refuse = async (): Promise<never> => {
  throw new Error('only brokers of a cluster that this test started from jars can be killed');
};
const notOwned = { kill: refuse, start: refuse };
