import { readFileSync } from 'node:fs';
import { loadPolicy, type LoadedPolicy } from './load-policy.js';

/** The packs that come with Punctual: each a support organisation's published promise, in our words. */
export const builtInPackNames = ['rewst', 'cloudtalk', 'sourcegraph', 'rego'] as const;
export type BuiltInPackName = (typeof builtInPackNames)[number];

export interface BuiltInPack extends LoadedPolicy {
  readonly name: BuiltInPackName;
  /** The YAML, with its comments. */
  readonly text: string;
  /** The scenarios that prove it, as YAML. */
  readonly scenarios: string;
}

/** A built-in pack, read from the files of this library; null where there is none of that name. */
export function builtInPack(name: string): BuiltInPack | null {
  const known = builtInPackNames.find((candidate) => candidate === name);
  if (known === undefined) return null;
  const text = packFile(`${known}.policy.yaml`);
  return {
    name: known,
    text,
    scenarios: packFile(`${known}.scenarios.yaml`),
    ...loadPolicy(text, `${known}.policy.yaml`),
  };
}

function packFile(fileName: string): string {
  return readFileSync(new URL(`./packs/${fileName}`, import.meta.url), 'utf8');
}
