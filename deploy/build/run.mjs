// Runs a package's main module from source without a build step of its own: compiles what is stale, then imports it in this process.
// Prints nothing itself, so that `npm run -s punctual -- …` leaves stdout to the command.
import { compile, packageFolders } from './compile.mjs';

process.setSourceMapsEnabled(true);
await compile(packageFolders());

const [packageName] = process.argv.splice(2, 1);
if (packageName !== '--build-only') await import(import.meta.resolve(`${packageName}/main`));
