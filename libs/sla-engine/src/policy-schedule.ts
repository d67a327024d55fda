import type { Instant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';

/** What a publication does to tickets created before it: nothing, a change at its instant, or a correction (SLA-SEMANTICS §5). */
export type PublicationMode = 'pin' | 'from-now' | 'retroactive';

export interface PolicyPublication {
  /** Epoch ms. */
  readonly effectiveAt: Instant;
  readonly mode: PublicationMode;
  readonly policy: CompiledPolicy;
}

/** Every published version of one policy by the instant of its effect; of equal instants the later publication stands last. */
export interface PolicySchedule {
  readonly publications: readonly PolicyPublication[];
}

/** A version that takes the place of another in a ticket's life. */
export interface PolicySwitch {
  readonly at: Instant;
  readonly mode: Exclude<PublicationMode, 'pin'>;
  readonly policy: CompiledPolicy;
}

/** The versions of one ticket: that of its creation, and what may follow while it is open. */
export interface PolicyCourse {
  readonly initial: CompiledPolicy;
  /** By instant; all after creation. */
  readonly switches: readonly PolicySwitch[];
}

const noSwitches: readonly PolicySwitch[] = [];

/**
 * The versions of a ticket created at `createdAt` (epoch ms): the one in effect then, or the first where none was; the mode of that one says
 * nothing about it. A policy alone stands for itself, whatever else was published.
 * @throws Error on a schedule without publications, a bug of the caller
 */
export function courseOf(policy: CompiledPolicy | PolicySchedule, createdAt: Instant): PolicyCourse {
  if (!('publications' in policy)) return { initial: policy, switches: noSwitches };
  const { publications } = policy;
  const place = Math.max(
    0,
    publications.findLastIndex(({ effectiveAt }) => effectiveAt <= createdAt),
  );
  const first = publications[place];
  if (!first) throw new Error('a schedule of no publication');
  if (place === publications.length - 1) return { initial: first.policy, switches: noSwitches };
  const switches = publications
    .slice(place + 1)
    .flatMap(({ effectiveAt, mode, policy: next }): PolicySwitch[] =>
      mode === 'pin' ? [] : [{ at: effectiveAt, mode, policy: next }],
    );
  return { initial: first.policy, switches };
}

/** The part of a course that lies at or before an instant. */
export function courseUpTo(course: PolicyCourse, upTo: Instant): PolicyCourse {
  const { initial, switches } = course;
  const isAhead = switches.some(({ at }) => at > upTo);
  return isAhead ? { initial, switches: switches.filter(({ at }) => at <= upTo) } : course;
}

/** Tells whether two courses are the same. Without a switch it is the version, so that most tickets share one text. */
export function digestCourse({ initial, switches }: PolicyCourse): string {
  if (switches.length === 0) return initial.version;
  const taken = switches.map(({ at, mode, policy }) => `${mode}@${at} ${policy.version}`);
  return [initial.version, ...taken].join(' ');
}
