import { EntitySchema } from 'typeorm';

/** A helpdesk as the table holds it. */
export interface SourceRow {
  readonly source: string;
  /** The policy that judges its tickets; null: the configured default. */
  readonly policy: string | null;
  readonly mode: 'live' | 'historical';
  /** How far a historical session has come, epoch ms as text (bigint); null while live. */
  readonly at: string | null;
  /** Its sender has ended the session; the watermark that carries its last progress makes it live. */
  readonly ending: boolean;
}

export const SourceEntity = new EntitySchema<SourceRow>({
  name: 'Source',
  schema: 'intake',
  tableName: 'source',
  columns: {
    source: { type: 'text', primary: true },
    policy: { type: 'text', nullable: true },
    mode: { type: 'text' },
    at: { type: 'bigint', nullable: true },
    ending: { type: 'boolean' },
  },
});
