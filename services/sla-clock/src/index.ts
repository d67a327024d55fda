export { createSlaClock, slaClockDatabase, type SlaClock, type SlaClockOptions } from './create-sla-clock.js';
export { readSlaClockConfig, slaClockVariables, type SlaClockConfig } from './sla-clock-config.js';
