export type * from './event-log.js';
export { DeadLetterDesk } from './dead-letters/dead-letter-desk.js';
export { readDeadLetter, redrivenRecord, type DeadLetter } from './dead-letters/dead-letter.js';
export { countUnresolved, letterId, noteDeadLetters, type LetterPlace } from './dead-letters/dead-letter-store.js';
export { ticketOf, type FoundLetter, type LetterSelection } from './dead-letters/found-letter.js';
export {
  defaultRetention,
  openEmbeddedLog,
  type EmbeddedLog,
  type EmbeddedLogOptions,
} from './embedded/embedded-log.js';
export type { EmbeddedTiming } from './embedded/embedded-timing.js';
export { kafkaClient, type KafkaConnection } from './kafka/kafka-client.js';
export { kafkajs } from './kafka/mended-kafkajs.js';
export { openKafkaLog } from './kafka/kafka-log.js';
export type { KafkaLogOptions, KafkaTiming } from './kafka/kafka-options.js';
export { topicSettings, type TopicSettings } from './kafka/topic-settings.js';
export { classifyFault, type Fault } from './fault.js';
export { EVENT_LOG, EventLogModule, type EventLogModuleOptions } from './nest/event-log-module.js';
export { EventLogStrategy, type EventLogStrategyOptions } from './nest/event-log-strategy.js';
export { jsonLines } from './json-lines.js';
export { HandlerErrorFilter } from './nest/handler-error-filter.js';
export { OnTopic } from './nest/on-topic.js';
export {
  kafkaSecurity,
  openEventLog,
  openServiceLog,
  sessionTiming,
  type EventLogConfig,
  type KafkaSecurity,
  type OpenEventLogOptions,
} from './open-event-log.js';
export { openRecovery, type Recovery } from './open-recovery.js';
export { openStoredLog } from './open-stored-log.js';
export type { Misfit } from './kafka/recovery.js';
export { poolSql } from './pool-sql.js';
export { StreamError, type StreamErrorCode } from './stream-error.js';
export { nestStreamLogger, pinoStreamLogger, type StreamLogger } from './stream-logger.js';
export { streamMigrations } from './stream-migrations.js';
export { PublishedDelivery } from './upstream/published-delivery.js';
export { TransactionalDelivery } from './upstream/transactional-delivery.js';
export type {
  RawRecord,
  Translated,
  UpstreamDelivery,
  UpstreamPosition,
  UpstreamPositions,
  UpstreamReach,
  UpstreamState,
  UpstreamStatus,
  UpstreamTiming,
} from './upstream/upstream.js';
export { UpstreamConsumer } from './upstream/upstream-consumer.js';
export { encodeUpstreamLetter, readUpstreamLetter, type UpstreamLetter } from './upstream/upstream-letter.js';
export { whyNotFollowing } from './why-not-following.js';
