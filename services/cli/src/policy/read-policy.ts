import { existsSync } from 'node:fs';
import {
  builtInPack,
  builtInPackNames,
  compilePolicy,
  formatDiagnostic,
  loadPolicy,
  resolvePolicy,
  type DeskPolicy,
  type LoadedPolicy,
  type ResolvedPolicy,
} from '@punctual/policy';
import { readText } from '../terminal/input.js';
import { UserError } from '../user-error.js';

/** The text of a policy and where it came from. */
export interface PolicyText {
  /** A file's path, or a pack's name. */
  readonly name: string;
  readonly yaml: string;
  readonly loaded: LoadedPolicy;
  /** The pack's own scenarios, where it is a built-in one. */
  readonly scenarios: string | null;
}

export interface ReadyPolicy {
  readonly policy: DeskPolicy;
  readonly resolved: ResolvedPolicy;
  readonly yaml: string;
}

/** Reads a policy file, or a built-in pack by its name. A file of such a name is `./rewst`. Throws UserError where there is neither. */
export async function readPolicyText(nameOrFile: string): Promise<PolicyText> {
  const pack = builtInPack(nameOrFile);
  if (pack) return { name: pack.name, yaml: pack.text, loaded: pack, scenarios: pack.scenarios };
  if (nameOrFile !== '-' && !/[./\\]/.test(nameOrFile) && !existsSync(nameOrFile)) {
    throw new UserError(`there is no policy '${nameOrFile}'`, {
      fix: `name a file, or one of the built-in packs: ${builtInPackNames.join(', ')}`,
    });
  }
  const yaml = await readText(nameOrFile);
  return { name: nameOrFile, yaml, loaded: loadPolicy(yaml, nameOrFile), scenarios: null };
}

/** A policy ready to be asked. Throws UserError, after naming every error on standard error, where it cannot be used. */
export async function readPolicy(nameOrFile: string): Promise<ReadyPolicy> {
  const { name, yaml, loaded } = await readPolicyText(nameOrFile);
  const { document, diagnostics } = loaded;
  if (document) {
    const resolved = resolvePolicy(document);
    return { policy: compilePolicy(resolved), resolved, yaml };
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  for (const diagnostic of errors) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  throw new UserError(`the policy ${name} has ${errors.length} error${errors.length === 1 ? '' : 's'}`, {
    where: name,
    fix: `punctual policy check ${name}`,
  });
}
