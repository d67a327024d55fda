export { createIntake, intakeDatabase, type Intake, type IntakeOptions } from './create-intake.js';
export { intakeVariables, readIntakeConfig, type IntakeConfig } from './intake-config.js';
export type { EventAnswer } from './events-controller.js';
export type { AcceptedEvent } from './event-publisher.js';
export type { SourceAnswer } from './sources-controller.js';
export { BEGINNING_OF_TIME } from './sources.js';
export type { Tick } from './watermark-ticker.js';
