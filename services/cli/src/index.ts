export { loadMapping, type Mapping, type MappingProblem } from './import/load-mapping.js';
export {
  mapRow,
  noMemory,
  ticketOf,
  type RejectCode,
  type Row,
  type RowOutcome,
  type TicketMemory,
} from './import/map-row.js';
export {
  importLog,
  newImportSummary,
  type Imported,
  type ImportSummary,
  type RejectedRow,
} from './import/import-log.js';
export { ImportFailure, type ImportFailureCode } from './import/import-failure.js';
