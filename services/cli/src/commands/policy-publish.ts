import { formatInstant } from '@punctual/contracts';
import { resolvePolicy } from '@punctual/policy';
import { readPolicyText } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { ask, canAsk } from '../publish/ask.js';
import { followWalk } from '../publish/follow-walk.js';
import { PreviewClient, type PublicationPreview } from '../publish/preview-client.js';
import { reportPreview } from '../publish/report-preview.js';
import { IntakeClient } from '../replay/intake-client.js';
import { coloursFor } from '../terminal/colour.js';
import { instantOption } from '../terminal/instant-option.js';
import { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { tellFindings } from './policy-check.js';

export interface PolicyPublishOptions {
  readonly to: string;
  readonly clock: string;
  readonly mode: string;
  readonly effectiveAt?: string;
  readonly most?: string;
  readonly preview?: boolean;
  readonly yes?: boolean;
  readonly wait?: boolean;
}

/** Checks a policy, says what publishing it would do, and publishes it once that is agreed to. 1 where it is not published. */
export async function policyPublish(name: string, options: PolicyPublishOptions): Promise<ExitCode> {
  const effectiveAt = instantOption('--effective-at', options.effectiveAt);
  const retryOf =
    (url: string) =>
    (why: string, waitMs: number): void =>
      void process.stderr.write(`${url}: ${why}, trying again in ${(waitMs / 1000).toFixed(1)} s\n`);
  const clock = new PreviewClient(options.clock, retryOf(options.clock));
  const intake = new IntakeClient(options.to, process.env['PUNCTUAL_TOKEN'] || undefined, retryOf(options.to));
  const output = Output.stdout();
  const read = await readPolicyText(name);
  for (const line of tellFindings(read, 'without notes', coloursFor(process.stdout))) await output.line(line);
  const { document } = read.loaded;
  if (document === null) {
    await output.close();
    return 1;
  }
  const { version } = resolvePolicy(document);
  const asked = { mode: options.mode, ...(effectiveAt === null ? {} : { effectiveAt: formatInstant(effectiveAt) }) };
  const most = options.most === undefined ? {} : { most: options.most };
  const preview = await clock.preview(document.id, read.yaml, queryOf({ ...asked, ...most }));
  for (const line of announce(document.id, version, preview)) await output.line(line);
  await output.flush();
  if (options.preview || preview.status === 'unchanged') {
    await output.close();
    return 0;
  }
  if (!options.yes) await agree(name, document.id);
  // What was previewed is what is published: an instant that was not named is the preview's.
  const query = options.mode === 'pin' ? asked : { ...asked, effectiveAt: preview.effectiveAt };
  const published = await intake.publishPolicy(document.id, read.yaml, queryOf(query));
  const { status, mode } = published;
  await output.line('');
  await output.line(`${status}: ${published.policy} ${published.version}, ${mode}, effective ${published.effectiveAt}`);
  await output.flush();
  // Of a first version there are no tickets that ran under another.
  if (options.wait && preview.status === 'new') {
    const tell = (line: string): void => void process.stderr.write(`${line}\n`);
    const reached = await followWalk(options.clock, published, tell, retryOf(options.clock));
    await output.line(`reached: ${reached} ${reached === 1 ? 'ticket' : 'tickets'}`);
  }
  await output.close();
  return 0;
}

function announce(id: string, version: string, preview: PublicationPreview): string[] {
  const { status, mode, effectiveAt } = preview;
  if (status === 'unchanged') return [`unchanged: ${id} ${version} is the newest version already`];
  const lines = [`${id} ${version}, ${mode}, effective ${effectiveAt}`];
  if (status === 'first') return [...lines, 'It is the first version of this policy: no ticket runs under another.'];
  return [...lines, '', ...reportPreview(preview)];
}

async function agree(name: string, id: string): Promise<void> {
  if (name === '-' || !canAsk()) {
    throw new UserError(
      'nothing was published: there is no terminal to ask on',
      { fix: 'add --yes to publish without being asked, or --preview to only look' },
      1,
    );
  }
  if (await ask(`Publish this version of ${id}?`)) return;
  throw new UserError('nothing was published', { fix: 'run the same command again and answer y, or add --yes' }, 1);
}

function queryOf(parameters: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams(parameters).toString()}`;
}
