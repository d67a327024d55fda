// `node deploy/build/make-bundles.mjs <package folder>…` bundles the main modules of packages, and the libraries where they are not bundled yet.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { mainOf, stamp } from './bundle.mjs';
import { bundleFolder, modified, workspaceRoot } from './compile.mjs';
import { commonJs, libraries, librariesFolder, librariesKey, libraryFile, unbundled } from './libraries.mjs';
import { oneByteEach } from './one-byte-each.mjs';
import { partEnding, put } from './put.mjs';

/** Processes may still load what they were started from; older files are removed, ms. */
const KEPT_MS = 3_600_000;

/** By when a process has compiled most of what it runs, ms. */
const FLUSH_AFTER_MS = 10_000;

/** Classes are told apart by name in logs and errors; comments but licences are read at each start for nothing. */
const printed = { format: 'esm', keepNames: true, comments: { legal: true, annotation: false, jsdoc: false } };

/** Libraries are kept in memory as text for as long as a service runs: without what is there for readers only. */
const dense = { compress: false, mangle: false, codegen: { removeWhitespace: true } };

/** What has been looked for, by name and from which folder. */
const foundOnce = new Set();

const key = librariesKey();
await Promise.all([bundleLibraries(), ...process.argv.slice(2).map(bundleMain)]);

/** Bundles the libraries, each a file that has its exports, beside files of what they share. Without source maps: none of it is ours. */
async function bundleLibraries() {
  const folder = librariesFolder(key);
  if (existsSync(folder)) return;
  const bundle = await rolldown({
    cwd: workspaceRoot,
    platform: 'node',
    input: Object.fromEntries(
      libraries.map((name) => [basename(libraryFile(name), '.js'), commonJs.includes(name) ? facade(name) : name]),
    ),
    external: (id) => unbundled.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [
      {
        name: 'facades',
        resolveId: { filter: { id: new RegExp(`^${facade('')}`) }, handler: (id) => id },
        load: {
          filter: { id: new RegExp(`^${facade('')}`) },
          handler: (id) => namedExports(id.slice(facade('').length)),
        },
      },
    ],
    onLog: (level, log) => complain(level, log),
  });
  const { output } = await bundle.generate({ ...printed, minify: dense, chunkFileNames: 'shared-[hash].js' });
  const part = `${folder}.${process.pid}${partEnding}`;
  mkdirSync(part, { recursive: true });
  for (const { fileName, code } of output) writeFileSync(join(part, fileName), oneByteEach(code));
  const modules = output
    .flatMap(({ moduleIds }) => moduleIds)
    .map((id) => relative(workspaceRoot, id).replaceAll(sep, '/'));
  writeFileSync(join(part, 'modules.json'), JSON.stringify(modules.sort(), null, 1));
  try {
    renameSync(part, folder);
  } catch (error) {
    // Another command was faster.
    if (!existsSync(folder)) throw error;
    rmSync(part, { recursive: true });
  }
  removeOld(dirname(folder), new Set([basename(folder)]));
}

/** The name of a module that imports a CommonJS library and exports what Node finds in it. */
function facade(name) {
  return `named-exports-of:${name}`;
}

async function namedExports(name) {
  const names = Object.keys(await import(name)).filter((one) => /^[\w$]+$/.test(one));
  return `export { ${names.join(', ')} } from '${name}';`;
}

/** Bundles what is ours of a main module, with a source map. Libraries are imported from where they are bundled, or as they are installed. */
async function bundleMain(folder) {
  const target = bundleFolder(folder);
  /** Times of change as they were before the files were read. */
  const inputs = new Map();
  const read = (file) => {
    inputs.set(file, modified(file));
    return readFileSync(file, 'utf8');
  };
  read(join(folder, 'package.json'));
  const fromBundle = (file) => relative(target, file).replaceAll(sep, '/');
  const bundle = await rolldown({
    cwd: workspaceRoot,
    platform: 'node',
    input: { service: mainOf(folder) },
    plugins: [
      {
        name: 'ours',
        resolveId: {
          filter: { id: { include: /^[^./\\\0]/, exclude: /^(?:node:|@punctual\/|[A-Za-z]:)/ } },
          handler(id, importer) {
            if (importer === undefined) return undefined;
            assertOneCopy(id, importer);
            if (!libraries.includes(id)) return { id, external: true };
            return { id: fromBundle(join(librariesFolder(key), libraryFile(id))), external: 'absolute' };
          },
        },
        load: {
          filter: { id: /[\\/]dist[\\/].*\.js$/ },
          handler(id) {
            const code = read(id);
            const misled = /\bimport\.meta\.(?:dirname|filename)\b/.exec(code);
            if (misled) throw new Error(`${misled[0]} in ${id} would be the bundle's: use import.meta.url`);
            // What a file reads beside it stays where it is.
            const placed = code.replaceAll(
              /\bimport\.meta\.url\b/g,
              `new URL('${fromBundle(id)}', import.meta.url).href`,
            );
            return { code: placed, map: readFileSync(`${id}.map`, 'utf8') };
          },
        },
      },
    ],
    onLog: (level, log) => complain(level, log),
  });
  const { output } = await bundle.generate({
    ...printed,
    dir: target,
    sourcemap: true,
    sourcemapExcludeSources: true,
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
  });
  const entry = output.find(({ isEntry }) => isEntry).fileName;
  for (const { fileName, code, source } of output) put(join(target, fileName), code ?? source);
  put(join(target, 'main.js'), launcher(entry));
  const { path, content } = stamp(folder, key, inputs);
  put(path, content);
  removeOld(
    target,
    new Set([...output.map(({ fileName }) => fileName), 'main.js', basename(path), compiledFor(entry)]),
  );
}

/**
 * What is started. It has Node keep what it makes of the code for the next start, beside it where it may write there. Source maps are enabled from
 * here rather than by a flag: with the flag pino, which asks who called it, has the whole map read at each start.
 */
function launcher(entry) {
  return `import { enableCompileCache, flushCompileCache, setSourceMapsSupport } from 'node:module';
import { join } from 'node:path';
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
enableCompileCache(join(import.meta.dirname, '${compiledFor(entry)}'));
// A process that is killed keeps nothing at its end.
setTimeout(flushCompileCache, ${FLUSH_AFTER_MS}).unref();
await import('./${entry}');
`;
}

function compiledFor(entry) {
  return basename(entry, '.js').replace('service', 'compiled');
}

/** A library that is found elsewhere from a bundle than from the module that imports it would be another copy of it. */
function assertOneCopy(id, importer) {
  const seen = `${id} ${dirname(importer)}`;
  if (foundOnce.has(seen)) return;
  foundOnce.add(seen);
  const [asImported, asBundled] = [importer, join(workspaceRoot, 'dist/bundle.js')].map((from) => packageOf(id, from));
  if (asImported === asBundled) return;
  throw new Error(
    `${id} is installed at ${asImported} for ${importer}, not at ${asBundled}, and bundles need one copy: run npm ci, which installs what ` +
      "package-lock.json says; where that is two, give the root's package.json the version that ours have",
  );
}

function packageOf(id, from) {
  try {
    return findPackageJSON(id, pathToFileURL(from)) ?? null;
  } catch {
    return null;
  }
}

/** Optional parts of libraries are not installed, and said to be missing when they are asked for. */
function complain(level, { code, message }) {
  if (code === 'UNRESOLVED_IMPORT' || level === 'debug') return;
  console.error(message);
}

function removeOld(folder, kept) {
  const limit = Date.now() - KEPT_MS;
  for (const name of readdirSync(folder)) {
    if (kept.has(name) || statSync(join(folder, name)).mtimeMs > limit) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
