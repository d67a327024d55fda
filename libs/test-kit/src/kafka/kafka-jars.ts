import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The one place where the version of Kafka stands. */
const pom = fileURLToPath(new URL('../../kafka/pom.xml', import.meta.url));

const leastJava = 17;

/** Why Apache Kafka cannot run here as a process, in one line; null where it can. */
export async function whyNoLocalKafka(): Promise<string | null> {
  const java = await javaVersion();
  if (java === null) return `no Java answers to 'java -version'; Kafka needs Java ${leastJava} or newer`;
  if (java < leastJava) return `Java ${java} is installed; Kafka needs Java ${leastJava} or newer`;
  if (existsSync(jarDirectory())) return null;
  const maven = await run(mavenCommand, ['-v']).then(
    () => true,
    () => false,
  );
  return maven ? null : 'no Maven answers to `mvn -v`, and the jars of Kafka are not in the cache yet';
}

/** The directory with Kafka's jars, fetched by Maven on first use (43 MB, some 10 s). */
export async function kafkaJars(): Promise<string> {
  const directory = jarDirectory();
  if (existsSync(directory)) return directory;
  process.stderr.write('Fetching Apache Kafka with Maven (43 MB, once) ...\n');
  const draft = `${directory}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`];
    await run(mavenCommand, ['-q', '-B', '-f', pom, ...goal]);
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another run may have been faster.
    if (existsSync(directory)) return directory;
    const { stdout, message } = error as Error & { stdout?: string };
    const said = `${stdout ?? ''}\n${message}`.trim().split('\n').slice(0, 5).join('\n');
    throw new Error(`Maven could not fetch Apache Kafka; check its settings and the network:\n${said}`, {
      cause: error,
    });
  }
  process.stderr.write('Apache Kafka is in the cache.\n');
  return directory;
}

const mavenCommand = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';

/** Named by the pom's content, so that a new version is fetched anew. */
function jarDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'punctual-kafka', createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12));
}

async function javaVersion(): Promise<number | null> {
  try {
    const { stderr, stdout } = await run('java', ['-version']);
    const version = /version "(\d+)/.exec(`${stderr}${stdout}`)?.[1];
    return version === undefined ? null : Number(version);
  } catch {
    return null;
  }
}
