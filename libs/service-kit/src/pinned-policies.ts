import type { PolicyVersions } from './policy-versions.js';

/**
 * Compiled policies by the rule that fixes a ticket's version: the one in effect at the ticket's creation; before the first version, the
 * first. `compile` turns a stored document into what the caller folds with; each version is compiled once.
 */
export class PinnedPolicies<Compiled> {
  private readonly compiled = new Map<string, Compiled>();

  constructor(
    private readonly versions: PolicyVersions,
    private readonly compile: (document: unknown) => Compiled,
  ) {}

  /** The version of `policy` for a ticket created at `at` (epoch ms); null where no version of it is published yet. */
  async pin(policy: string, at: number): Promise<Compiled | null> {
    const published = (await this.publishedVersions(policy)).sort((a, b) => a.effectiveAt - b.effectiveAt);
    const chosen = published.findLast(({ effectiveAt }) => effectiveAt <= at) ?? published[0];
    return chosen === undefined ? null : this.compiledOf(policy, chosen.version, chosen.document);
  }

  /** One version by its content hash; null where it is not published yet. */
  async find(policy: string, version: string): Promise<Compiled | null> {
    const known = this.compiled.get(keyOf(policy, version));
    if (known !== undefined) return known;
    const found = await this.versions.find(policy, version);
    return found === null ? null : this.compiledOf(policy, version, found.document);
  }

  /** The names of the policies published so far. */
  async names(): Promise<string[]> {
    return [...new Set((await this.versions.all()).map(({ policy }) => policy))];
  }

  /** Reads what was published since; called when the log says that something was. */
  async refresh(): Promise<void> {
    await this.versions.refresh();
  }

  private async publishedVersions(policy: string) {
    const known = (await this.versions.all()).filter((version) => version.policy === policy);
    if (known.length > 0) return known;
    await this.versions.refresh();
    return (await this.versions.all()).filter((version) => version.policy === policy);
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

function keyOf(policy: string, version: string): string {
  return `${policy}\u0000${version}`;
}
