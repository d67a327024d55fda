export { loadMapping, type Mapping, type MappingProblem } from './load-mapping.js';
export {
  mapRow,
  noMemory,
  ticketOf,
  type RejectCode,
  type Row,
  type RowOutcome,
  type TicketMemory,
} from './map-row.js';
export type { MappingDocument } from './mapping-document.js';
export { timeReader, type TimeFormat, type TimeReader } from './time-format.js';
