export {
  kafkaUnavailable,
  localKafkaUnavailable,
  startKafka,
  startSecuredKafka,
  type KafkaOrigin,
  type SecuredKafka,
  type TestKafka,
} from './kafka/kafka.js';
export { ManualClock } from './manual-clock.js';
export { collectYoungObjects, oldObjectBytes } from './old-objects.js';
export { startDurablePostgres, startPostgres, type PostgresOrigin, type TestPostgres } from './postgres.js';
export { aTicket, type At, type TicketStory } from './ticket-events.js';
export type { DatabaseTemplate, TestDatabase } from './test-database.js';
