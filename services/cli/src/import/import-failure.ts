export type ImportFailureCode = 'broken_gzip' | 'wrong_encoding' | 'missing_columns' | 'empty_file' | 'no_row_readable';

/** Why a whole log cannot be imported, as against one of its rows. `fix` says what to do. */
export class ImportFailure extends Error {
  constructor(
    readonly code: ImportFailureCode,
    message: string,
    readonly fix: string,
  ) {
    super(message);
    this.name = 'ImportFailure';
  }
}
