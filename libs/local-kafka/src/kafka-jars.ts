import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The one place where the version of Kafka stands. */
const pom = fileURLToPath(new URL('../pom.xml', import.meta.url));

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

/** What a download of Kafka weighs, MB. */
const wholeDownload = 43;

/** Told of the megabytes that have come so far, of how many there are. */
export type DownloadListener = (done: number, total: number) => void;

/** The directory with Kafka's jars, fetched by Maven on first use (43 MB, some 10 s). */
export async function kafkaJars(onProgress?: DownloadListener): Promise<string> {
  const directory = jarDirectory();
  if (existsSync(directory)) return directory;
  if (onProgress === undefined)
    process.stderr.write(`Fetching Apache Kafka with Maven (${wholeDownload} MB, once) ...\n`);
  const draft = `${directory}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await fetchJars(draft, onProgress ?? (() => undefined));
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another run may have been faster.
    if (existsSync(directory)) return directory;
    throw error;
  }
  onProgress?.(wholeDownload, wholeDownload);
  return directory;
}

async function fetchJars(directory: string, onProgress: DownloadListener): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${directory}`];
  const maven = spawn(mavenCommand, ['-B', '-f', pom, ...goal], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const said: string[] = [];
  let kilobytes = 0;
  for (const stream of [maven.stdout, maven.stderr]) {
    createInterface(stream).on('line', (line) => {
      const size = /Downloaded from \S+: \S+\.jar \(([\d.]+) ([kM])B/.exec(line);
      if (size === null) {
        if (/ERROR/.test(line)) said.push(line);
        return;
      }
      kilobytes += Number(size[1]) * (size[2] === 'M' ? 1_000 : 1);
      onProgress(Math.min(wholeDownload - 1, Math.round(kilobytes / 1_000)), wholeDownload);
    });
  }
  const [code] = (await once(maven, 'close')) as [number | null];
  if (code === 0) return;
  throw new Error(
    `Maven could not fetch Apache Kafka; check its settings and the network:\n${said.slice(0, 5).join('\n')}`,
  );
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
