import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceConnection } from '../service/service-connection.js';

/** How far a published version has been brought to the tickets it concerns, as the SLA clock says. */
export interface PolicyWalk {
  readonly version: string | null;
  readonly effectiveAt: string;
  readonly state: 'waiting' | 'walking' | 'finished';
  readonly done: number;
  readonly remaining: number;
}

/** Which publication is followed. */
export interface Followed {
  readonly policy: string;
  readonly version: string;
  /** ISO-8601. */
  readonly effectiveAt: string;
}

const ASK_EVERY_MS = 1_000;
/** Where nothing else changes, it is told how far it is this often, ms. */
const TELL_EVERY_MS = 10_000;

/**
 * Follows a version to the tickets it concerns until it has reached all of them; gives back how many. `tell` is handed a line now and then. Before
 * the instant, and until the announcement has gone through the log, it waits. Throws UserError where the SLA clock does not answer.
 */
export async function followWalk(
  clockUrl: string,
  followed: Followed,
  tell: (line: string) => void,
  onRetry: (why: string, waitMs: number) => void,
): Promise<number> {
  const path = `/v1/policies/${encodeURIComponent(followed.policy)}/walk`;
  const connection = new ServiceConnection(
    {
      ...{ name: 'the SLA clock', option: '--clock', url: clockUrl, token: undefined },
      again: `ask it how far it is (GET ${path}): the version is published, and reaches the tickets all the same`,
      advice: () => 'see that --clock is the address of the SLA clock, of this version; the version is published',
    },
    onRetry,
  );
  let told = '';
  let tellAgainAt = 0;
  for (;;) {
    const { walks } = (await connection.call({ method: 'GET', path })) as { readonly walks: readonly PolicyWalk[] };
    const walk = walks.find(
      ({ version, effectiveAt }) =>
        version === followed.version && Date.parse(effectiveAt) === Date.parse(followed.effectiveAt),
    );
    if (walk?.state === 'finished') return walk.done;
    const state = walk?.state ?? 'waiting';
    if (told !== state || performance.now() >= tellAgainAt) {
      tell(lineOf(state, walk, followed));
      told = state;
      tellAgainAt = performance.now() + TELL_EVERY_MS;
    }
    await sleep(ASK_EVERY_MS);
  }
}

function lineOf(state: PolicyWalk['state'], walk: PolicyWalk | undefined, { effectiveAt }: Followed): string {
  if (state === 'waiting' || walk === undefined) return `waiting until ${effectiveAt} has passed and settled`;
  return `${walk.done} of ${walk.done + walk.remaining} tickets are under the new version`;
}
