import type { PolicyMode } from './policy-version.entity.js';
import type { PolicyVersion, PolicyVersions } from './policy-versions.js';

/** Every published version of one policy by the instant of its effect; of equal instants the later publication stands last. */
export interface PublishedSchedule<Compiled> {
  readonly publications: readonly {
    /** Epoch ms. */
    readonly effectiveAt: number;
    readonly mode: PolicyMode;
    readonly policy: Compiled;
  }[];
}

/**
 * Compiled policies by the rule that fixes a ticket's version: the one in effect at the ticket's creation; before the first version, the
 * first. `compile` turns a stored document into what the caller folds with; each version is compiled once.
 */
export class PinnedPolicies<Compiled> {
  private readonly compiled = new Map<string, Compiled>();
  private readonly schedules = new Map<string, PublishedSchedule<Compiled>>();
  /** The versions that `schedules` were made of. */
  private scheduled: readonly PolicyVersion[] = [];

  constructor(
    private readonly versions: PolicyVersions,
    private readonly compile: (document: unknown) => Compiled,
  ) {}

  /** The version of `policy` for a ticket created at `at` (epoch ms); null where no version of it is published yet. */
  async pin(policy: string, at: number): Promise<Compiled | null> {
    const published = await this.publishedVersions(policy);
    const chosen = published.findLast(({ effectiveAt }) => effectiveAt <= at) ?? published[0];
    return chosen === undefined ? null : this.compiledOf(policy, chosen.version, chosen.document);
  }

  /**
   * What a ticket of `policy` is folded under: every version published so far. Null where none is. What was published since the last refresh
   * is not in it, unless `including` names a version that is missing: then the publications are read again.
   */
  async schedule(policy: string, including: string | null = null): Promise<PublishedSchedule<Compiled> | null> {
    const isMissing =
      including !== null &&
      !(await this.versions.all()).some((known) => known.policy === policy && known.version === including);
    if (isMissing) await this.versions.refresh();
    const published = await this.publishedVersions(policy);
    if (published.length === 0) return null;
    const all = await this.versions.all();
    if (all !== this.scheduled) {
      this.scheduled = all;
      this.schedules.clear();
    }
    const known = this.schedules.get(policy);
    if (known !== undefined) return known;
    const schedule = {
      publications: published.map(({ version, document, effectiveAt, mode }) => ({
        ...{ effectiveAt, mode },
        policy: this.compiledOf(policy, version, document),
      })),
    };
    this.schedules.set(policy, schedule);
    return schedule;
  }

  /** One version by its content hash; null where it is not published yet. */
  async find(policy: string, version: string): Promise<Compiled | null> {
    const known = this.compiled.get(keyOf(policy, version));
    if (known !== undefined) return known;
    const found = await this.versions.find(policy, version);
    return found === null ? null : this.compiledOf(policy, version, found.document);
  }

  /** Every word of every published version of a policy, in lower case: what a ticket says with one of them, it says in the policy's words. */
  async words(policy: string): Promise<ReadonlySet<string>> {
    const words = new Set<string>();
    for (const { document } of await this.publishedVersions(policy)) collectWords(document, words);
    return words;
  }

  /** Every published version of every policy. */
  async all(): Promise<Compiled[]> {
    return (await this.versions.all()).map(({ policy, version, document }) =>
      this.compiledOf(policy, version, document),
    );
  }

  /** The names of the policies published so far. */
  async names(): Promise<string[]> {
    return [...new Set((await this.versions.all()).map(({ policy }) => policy))];
  }

  /** Reads what was published since; called when the log says that something was. */
  async refresh(): Promise<void> {
    await this.versions.refresh();
  }

  /** By the instant of their effect; of equal instants in the order of publication. */
  private async publishedVersions(policy: string): Promise<PolicyVersion[]> {
    const known = async (): Promise<PolicyVersion[]> =>
      (await this.versions.all())
        .filter((version) => version.policy === policy)
        .sort((a, b) => a.effectiveAt - b.effectiveAt);
    const cached = await known();
    if (cached.length > 0) return cached;
    await this.versions.refresh();
    return known();
  }

  private compiledOf(policy: string, version: string, document: unknown): Compiled {
    const key = keyOf(policy, version);
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    const compiled = this.compile(document);
    this.compiled.set(key, compiled);
    return compiled;
  }
}

function collectWords(part: unknown, words: Set<string>): void {
  if (typeof part === 'string' || typeof part === 'number') {
    words.add(String(part).trim().toLowerCase());
  } else if (typeof part === 'object' && part !== null) {
    for (const inner of Object.values(part)) collectWords(inner, words);
  }
}

function keyOf(policy: string, version: string): string {
  return `${policy}\u0000${version}`;
}
