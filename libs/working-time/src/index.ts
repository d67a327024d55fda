export type { Instant, WorkingCalendar } from './working-calendar.js';
