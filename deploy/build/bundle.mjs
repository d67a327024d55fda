// Bundles the main modules of packages from what was compiled, so that a start loads some 200 files instead of 2,800 (docs/adr/0020).
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { bundleFolder, modified, packageFolders, workspaceRoot } from './compile.mjs';
import { librariesFolder, librariesKey } from './libraries.mjs';

/** What a bundle was made from: the key of its libraries, and the time of change of each of our files in it. */
const stampFile = 'made-from.json';

/**
 * Bundles the main modules of those of `folders` (absolute) that have one and whose bundle is older than what it is made from; returns how many
 * were bundled. Everything must be compiled. A process of its own does it, which takes the bundler's memory with it when it ends.
 */
export async function bundle(folders) {
  const key = librariesKey();
  const missing = !existsSync(librariesFolder(key));
  const stale = folders.filter((folder) => mainOf(folder) !== null && (missing || isStale(folder, key)));
  if (stale.length === 0) return 0;
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'make-bundles.mjs'), ...stale]);
  return stale.length;
}

/** A package and those it depends on that have a main module of their own, and so may be started by it. */
export function startedWith(packageName) {
  const all = new Map(packageFolders().map((folder) => [readPackage(folder).name, folder]));
  const first = all.get(packageName);
  if (first === undefined) return [];
  return [first, ...Object.keys(readPackage(first).dependencies ?? {}).flatMap((name) => all.get(name) ?? [])];
}

/** The compiled main module of a package, null where it has none. */
export function mainOf(folder) {
  return readPackage(folder).exports?.['./main'] === undefined ? null : join(folder, 'dist/main.js');
}

/** The file that says what a package's bundle was made from, `times` of change by file; written when all else is. */
export function stamp(folder, key, times) {
  const inputs = Object.fromEntries([...times].map(([file, at]) => [relative(workspaceRoot, file), at]));
  return { path: join(bundleFolder(folder), stampFile), content: JSON.stringify({ key, inputs }, null, 1) };
}

function isStale(folder, key) {
  const path = join(bundleFolder(folder), stampFile);
  if (!existsSync(path)) return true;
  const madeFrom = JSON.parse(readFileSync(path, 'utf8'));
  if (madeFrom.key !== key) return true;
  return Object.entries(madeFrom.inputs).some(([file, at]) => modified(resolve(workspaceRoot, file)) !== at);
}

function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
