export { loadMapping, type Mapping, type MappingProblem } from './load-mapping.js';
export { loadRecordMapping, type RecordMapping, type RecordOwner } from './load-record-mapping.js';
export { mapRecord, type RecordOutcome, type RecordRejectCode } from './map-record.js';
export { mapRow, ticketOf, type RejectCode, type Row, type RowOutcome } from './map-row.js';
export { openDocument, type MappingSource } from './mapping-source.js';
export type { MappingDocument } from './mapping-document.js';
export { noMemory, type TicketMemory } from './ticket-memory.js';
export { timeReader, type TimeFormat, type TimeReader } from './time-format.js';
export { textOf, type UpstreamRecord } from './upstream-record.js';
