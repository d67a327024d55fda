// `node deploy/build/build.mjs --all` builds every package; `build.mjs .` the one in the current folder (Nx calls it so).
import { resolve } from 'node:path';
import { compile, packageFolders } from './compile.mjs';

const folders = process.argv[2] === '--all' ? packageFolders() : [resolve(process.argv[2] ?? '.')];
const written = await compile(folders);
console.log(`${written} file(s) compiled in ${folders.length} package(s)`);
