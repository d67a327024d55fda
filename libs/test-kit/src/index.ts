export { kafkaUnavailable, startKafka, type KafkaOrigin, type TestKafka } from './kafka/kafka.js';
export { ManualClock } from './manual-clock.js';
export { startDurablePostgres, startPostgres, type PostgresOrigin, type TestPostgres } from './postgres.js';
export { aTicket, type At, type TicketStory } from './ticket-events.js';
export type { DatabaseTemplate, TestDatabase } from './test-database.js';
