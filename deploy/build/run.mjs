// Runs a package's main module from source without a build step of its own: compiles and bundles what is stale, then imports it in this process.
// Prints nothing itself, so that `npm run -s punctual -- …` leaves stdout to the command.
import { bundle, startedWith } from './bundle.mjs';
import { compile, packageFolders } from './compile.mjs';

await compile(packageFolders());

const [packageName] = process.argv.splice(2, 1);
await bundle(packageName === '--build-only' ? packageFolders() : startedWith(packageName));
if (packageName !== '--build-only') await import(import.meta.resolve(`${packageName}/main`));
