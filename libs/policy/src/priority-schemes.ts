import type { PolicyPriority, TicketAttributes } from './compiled-policy.js';
import type { Scheme } from './document/policy-document.js';
import { compileSelector, type AttributeNames } from './ticket-selector.js';

/** The schemes of a policy: which one a ticket belongs to, and what its priorities are called. */
export class PrioritySchemes {
  readonly priorities: readonly PolicyPriority[];
  private readonly words = new Map<string, ReadonlyMap<string, string>>();
  private readonly ranks = new Map<string, ReadonlyMap<string, number>>();
  private readonly choose: readonly { readonly name: string; readonly fits: (ticket: TicketAttributes) => boolean }[];
  private readonly fallback: string;

  constructor(schemes: readonly Scheme[], names: AttributeNames) {
    this.priorities = schemes.flatMap((scheme) =>
      scheme.priorities.map(({ name, title, aliases, definition }) => ({
        scheme: scheme.name,
        name,
        title: title ?? name,
        aliases,
        definition: definition ?? '',
      })),
    );
    for (const { name, priorities } of schemes) {
      const entries = priorities.flatMap((priority) =>
        [priority.name, ...priority.aliases].map((word) => [fold(word), priority.name] as const),
      );
      // The first to claim a word keeps it; names come before aliases of others only by lint.
      this.words.set(name, new Map([...entries].reverse()));
      this.ranks.set(name, new Map(priorities.map((priority, index) => [priority.name, index])));
    }
    this.choose = schemes.flatMap(({ name, when }) => {
      if (when === undefined) return [];
      const test = compileSelector(when, names);
      return [{ name, fits: (ticket: TicketAttributes) => test(ticket, name) }];
    });
    this.fallback = schemes.find((scheme) => scheme.when === undefined)?.name ?? schemes[0]?.name ?? '';
  }

  get names(): readonly string[] {
    return [...this.words.keys()];
  }

  /** The first scheme whose condition holds, else the one without a condition. */
  schemeOf(ticket: TicketAttributes): string {
    return this.choose.find(({ fits }) => fits(ticket))?.name ?? this.fallback;
  }

  /** A priority of a scheme by name or alias, ignoring case. */
  find(text: string, scheme: string): string | null {
    return this.words.get(scheme)?.get(fold(text)) ?? null;
  }

  /** The same over all schemes, in their order: for what is written without naming one. */
  findAnywhere(text: string): string | null {
    for (const scheme of this.words.keys()) {
      const found = this.find(text, scheme);
      if (found !== null) return found;
    }
    return null;
  }

  /** 0 for the most urgent of its scheme; unknown priorities come last. */
  rank(priority: string | null, scheme: string): number {
    return (priority === null ? undefined : this.ranks.get(scheme)?.get(priority)) ?? Number.MAX_SAFE_INTEGER;
  }
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}
