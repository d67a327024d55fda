// `node deploy/build/build.mjs --all` builds every package; `build.mjs .` compiles the one in the current folder (Nx calls it so), and leaves bundles,
// which are made of many packages, to the former.
import { resolve } from 'node:path';
import { bundle } from './bundle.mjs';
import { compile, packageFolders } from './compile.mjs';

const all = process.argv[2] === '--all';
const folders = all ? packageFolders() : [resolve(process.argv[2] ?? '.')];
const written = await compile(folders);
console.log(`${written} file(s) compiled in ${folders.length} package(s)`);
if (all) console.log(`${await bundle(folders)} main module(s) bundled`);
