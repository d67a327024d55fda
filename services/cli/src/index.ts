export {
  loadMapping,
  mapRow,
  noMemory,
  ticketOf,
  type Mapping,
  type MappingProblem,
  type RejectCode,
  type Row,
  type RowOutcome,
  type TicketMemory,
} from '@punctual/mapping';
export {
  importLog,
  newImportSummary,
  type Imported,
  type ImportSummary,
  type RejectedRow,
} from './import/import-log.js';
export { ImportFailure, type ImportFailureCode } from './import/import-failure.js';
