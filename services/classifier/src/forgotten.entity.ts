import { EntitySchema } from 'typeorm';

/** That a ticket's text and people were erased here: when, and how much. It names no person. */
export interface ForgottenRow {
  readonly requestId: string;
  readonly source: string;
  readonly ticket: string;
  /** When it was asked for, epoch ms as text (bigint). */
  readonly requestedAt: string;
  /** Inputs of decisions and parked records that were rewritten. */
  readonly inputs: number;
  readonly parked: number;
  /** Whether field values stayed, because what was decided rests on them. */
  readonly fieldsKept: boolean;
}

export const ForgottenEntity = new EntitySchema<ForgottenRow>({
  name: 'Forgotten',
  schema: 'classifier',
  tableName: 'forgotten',
  columns: {
    requestId: { type: 'text', primary: true, name: 'request_id' },
    source: { type: 'text' },
    ticket: { type: 'text' },
    requestedAt: { type: 'bigint', name: 'requested_at' },
    inputs: { type: 'integer' },
    parked: { type: 'integer' },
    fieldsKept: { type: 'boolean', name: 'fields_kept' },
  },
});
