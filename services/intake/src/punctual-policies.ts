import {
  builtInPack,
  builtInPackNames,
  DEFAULT_HORIZON,
  installedSources,
  loadPolicy,
  resolvePolicy,
  type LoadedPolicy,
} from '@punctual/policy';
import type { PolicyReader, ReadPolicy } from './policy-reader.js';

/** The policy language of libs/policy. What is stored is the whole resolved document, which `compilePolicy` takes back. */
export const punctualPolicies: PolicyReader = {
  builtIns: builtInPackNames,

  read(text, file) {
    const loaded = loadPolicy(text, file);
    return resolved(loaded) ?? { diagnostics: loaded.diagnostics };
  },

  readBuiltIn(name) {
    const pack = builtInPack(name);
    const read = pack === null ? null : resolved(pack);
    if (read === null) throw new Error(`the built-in pack '${name}' has errors`);
    return read;
  },
};

function resolved({ document }: LoadedPolicy): ReadPolicy | null {
  if (document === null) return null;
  const policy = resolvePolicy(document, DEFAULT_HORIZON, installedSources(process.versions['tz']));
  return { id: policy.document.id, version: policy.version, document: policy };
}
