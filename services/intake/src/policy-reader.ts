import type { Diagnostic } from '@punctual/policy';

/** A policy ready to be stored: its resolved document and that document's hash. */
export interface ReadPolicy {
  readonly id: string;
  readonly version: string;
  readonly document: unknown;
}

/** The policy language, as far as intake needs it. */
export interface PolicyReader {
  /** Reads, checks and resolves YAML text; diagnostics where it has errors. */
  read(text: string, file: string): ReadPolicy | { readonly diagnostics: readonly Diagnostic[] };
  /** The packs that ship with Punctual, by policy id. */
  readonly builtIns: readonly string[];
  /** One of `builtIns`, resolved. Throws where it has errors: that is a bug of ours. */
  readBuiltIn(id: string): ReadPolicy;
}
