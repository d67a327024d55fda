// Turns TypeScript sources into what Node runs, one file at a time. An output carries its source's time of change, as it was before the
// source was read: a source that changes while it is compiled is compiled again. Outputs are put in place by rename, so that a command
// started beside another never reads half a file.
// swc, because NestJS and TypeORM need `emitDecoratorMetadata`; types are checked separately (`npm run types`).
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partEnding, put } from './put.mjs';

export const workspaceRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The swc options shared with vitest, so that tests run what ships. */
export const swcOptions = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
};

/** Every package of the workspace, as absolute folders. */
export function packageFolders() {
  return ['libs', 'services'].flatMap((group) =>
    readdirSync(join(workspaceRoot, group))
      .map((name) => join(workspaceRoot, group, name))
      .filter((folder) => existsSync(join(folder, 'package.json'))),
  );
}

/** Where a package's main module is bundled. */
export function bundleFolder(folder) {
  return join(folder, 'dist/bundle');
}

/**
 * Compiles the stale sources of `folders` (absolute paths) into their `dist`; returns how many files were written.
 * Files that are not TypeScript (policy packs, SQL, sample texts) are copied beside the code that reads them.
 */
export async function compile(folders) {
  const stale = folders.flatMap(staleFiles);
  if (stale.length === 0) return 0;
  const { transformFile } = await import('@swc/core');
  for (const { source, output, folder, changedAt } of stale) {
    if (!source.endsWith('.ts')) {
      put(output, readFileSync(source), changedAt);
      continue;
    }
    const { code, map } = await transformFile(source, {
      ...swcOptions,
      swcrc: false,
      sourceFileName: relative(dirname(output), source),
      root: folder,
    });
    if (map) put(`${output}.map`, map, changedAt);
    put(output, `${code}\n//# sourceMappingURL=${basename(output)}.map\n`, changedAt);
  }
  return stale.length;
}

function staleFiles(folder) {
  const sourceRoot = join(folder, 'src');
  if (!existsSync(sourceRoot)) return [];
  const outputs = new Set();
  const stale = [];
  for (const source of walk(sourceRoot)) {
    if (/\.spec(-kit)?\.ts$|\.d\.ts$/.test(source)) continue;
    const output = join(folder, 'dist', relative(sourceRoot, source)).replace(/\.ts$/, '.js');
    outputs.add(output);
    const changedAt = statSync(source).mtime;
    if (modified(output) !== changedAt.getTime()) stale.push({ source, output, folder, changedAt });
  }
  removeOrphans(join(folder, 'dist'), outputs);
  return stale;
}

/** A deleted source must not live on as a compiled file. */
function removeOrphans(distFolder, outputs) {
  if (!existsSync(distFolder)) return;
  for (const file of walk(distFolder)) {
    if (file.startsWith(`${bundleFolder(dirname(distFolder))}${sep}`)) continue;
    if (!outputs.has(file.replace(/\.map$/, '')) && !file.endsWith(partEnding)) rmSync(file, { force: true });
  }
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

/** Whole ms: what `utimes` is given and gives back; null where there is no such file. */
export function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtime.getTime() ?? null;
}
