import { CreateStreamTables1790000000000 } from './migrations/1790000000000-create-stream-tables.js';
import { CreateOutbox1790000000001 } from './migrations/1790000000001-create-outbox.js';
import { AddIncarnation1790000000003 } from './migrations/1790000000003-add-incarnation.js';
import { CreateDeadLetter1790000000002 } from './migrations/1790000000002-create-dead-letter.js';

/** The migrations of schema `stream`, in order; a service adds them to its data source's own. */
export const streamMigrations = [
  CreateStreamTables1790000000000,
  CreateOutbox1790000000001,
  CreateDeadLetter1790000000002,
  AddIncarnation1790000000003,
] as const;
