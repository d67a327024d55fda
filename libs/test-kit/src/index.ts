export { ManualClock } from './manual-clock.js';
export { startPostgres, type PostgresOrigin, type TestPostgres } from './postgres.js';
export { aTicket, type At, type TicketStory } from './ticket-events.js';
export type { DatabaseTemplate, TestDatabase } from './test-database.js';
