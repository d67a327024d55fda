import type { Admin, ConfigEntries, ITopicConfig, PartitionMetadata } from 'kafkajs';
import { StreamError } from '../stream-error.js';
import { kafkajs } from './mended-kafkajs.js';
import { otherTopics, topicSettings, type TopicSettings } from './topic-settings.js';
import { untilSpread } from './until-spread.js';

export interface TopicsOptions {
  readonly prefix: string;
  readonly partitions: number;
  readonly replication: number | undefined;
  readonly topics: Readonly<Record<string, TopicSettings>>;
}

export interface LogRange {
  readonly start: number;
  readonly end: number;
}

/** The topics of one log on the cluster: makes them, holds them to their settings, and knows how far they reach. */
export class KafkaTopics {
  readonly #known = new Map<string, Promise<void>>();
  readonly #asked = new Map<string, Promise<ReadonlyMap<number, LogRange>>>();
  readonly #admin: Admin;
  readonly #options: TopicsOptions;

  constructor(admin: Admin, options: TopicsOptions) {
    this.#admin = admin;
    this.#options = options;
  }

  /** Creates what does not exist and checks what does, once. Throws `partitions_mismatch` or `topic_mismatch`. */
  async ensure(topics: Iterable<string>): Promise<void> {
    await Promise.all(
      [...new Set(topics)].map((topic) => {
        let known = this.#known.get(topic);
        if (known === undefined) {
          known = this.#ensureOne(topic);
          this.#known.set(topic, known);
          known.catch(() => this.#known.delete(topic));
        }
        return known;
      }),
    );
  }

  /** First kept offset and the offset after the last record of each partition. Calls made side by side share one request. */
  ranges(topic: string): Promise<ReadonlyMap<number, LogRange>> {
    let asked = this.#asked.get(topic);
    if (asked === undefined) {
      // The next caller may know of records that this request has passed already, so only those of this turn share it.
      asked = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        this.#asked.delete(topic);
        return this.#rangesNow(topic);
      });
      this.#asked.set(topic, asked);
    }
    return asked;
  }

  async #rangesNow(topic: string): Promise<ReadonlyMap<number, LogRange>> {
    const { prefix, partitions } = this.#options;
    const offsets = await untilSpread(
      () => this.#offsets(prefix + topic),
      (found) => found.length === partitions,
    );
    return new Map(offsets.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]));
  }

  async #offsets(name: string): ReturnType<Admin['fetchTopicOffsets']> {
    try {
      return await this.#admin.fetchTopicOffsets(name);
    } catch (error) {
      // kafkajs would go on asking whoever led it before for five minutes; this request has it look who leads now.
      await this.#configs(name);
      throw error;
    }
  }

  async #ensureOne(topic: string): Promise<void> {
    const { prefix, partitions, replication } = this.#options;
    const name = prefix + topic;
    const settings = this.#options.topics[topic] ?? topicSettings[topic] ?? otherTopics;
    const wanted: ITopicConfig = {
      topic: name,
      numPartitions: partitions,
      replicationFactor: replication ?? -1,
      configEntries: [
        { name: 'cleanup.policy', value: settings.cleanup },
        { name: 'retention.ms', value: String(settings.retentionMs) },
        ...(replication !== undefined && replication > 2 ? [{ name: 'min.insync.replicas', value: '2' }] : []),
      ],
    };
    // False where it exists; asking first would race with another service's start.
    const created = await this.#admin.createTopics({ topics: [wanted], waitForLeaders: false });
    const found = await this.#led(name);
    if (!created) await this.#check(name, found, settings);
  }

  /** The partitions of a topic, once each has a leader. kafkajs waits for leaders too, but gives up at once where its broker denies the topic. */
  #led(name: string): Promise<readonly PartitionMetadata[]> {
    return untilSpread(
      async () => (await this.#admin.fetchTopicMetadata({ topics: [name] })).topics[0]?.partitions ?? [],
      (found) => found.length > 0 && found.every(({ leader }) => leader >= 0),
    );
  }

  async #check(name: string, found: readonly PartitionMetadata[], settings: TopicSettings): Promise<void> {
    const { partitions, replication } = this.#options;
    if (found.length !== partitions) {
      throw new StreamError(
        'partitions_mismatch',
        `topic '${name}' has ${found.length} partitions, but ${partitions} are configured. Configure ${found.length}, or use other topics.`,
      );
    }
    const copies = Math.min(...found.map(({ replicas }) => replicas.length));
    if (replication !== undefined && copies !== replication) {
      refuse(name, 'replication factor', String(replication), String(copies), 'Reassign its partitions');
    }
    const entries = await untilSpread(
      () => this.#configs(name),
      (found) => found.length > 0,
    );
    const expected = { 'cleanup.policy': settings.cleanup, 'retention.ms': String(settings.retentionMs) };
    for (const [entry, value] of Object.entries(expected)) {
      const now = entries.find(({ configName }) => configName === entry)?.configValue ?? 'nothing';
      if (now !== value) refuse(name, entry, value, now, `Set ${entry}=${value} on the topic with kafka-configs`);
    }
  }

  async #configs(name: string): Promise<readonly ConfigEntries[]> {
    const { resources } = await this.#admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['cleanup.policy', 'retention.ms'] }],
    });
    return resources[0]?.configEntries ?? [];
  }
}

function refuse(topic: string, what: string, expected: string, found: string, fix: string): never {
  throw new StreamError('topic_mismatch', `topic '${topic}' has ${what} ${found}, but ${expected} is stated. ${fix}.`);
}
