import type { Commitment, Target } from '@punctual/contracts';
import { compileCalendar, contentHash } from '@punctual/working-time';
import { AnswersByValues, type AskedValue } from './answers-by-values.js';
import { compileClassification } from './compile-classification.js';
import type { CompiledPolicy, Resolution, TicketAttributes } from './compiled-policy.js';
import { compileCoverage } from './coverage.js';
import { selectorKeys, type Selector } from './document/fields.js';
import type { PolicyDocument } from './document/policy-document.js';
import { compileNextOpening } from './next-opening.js';
import { PrioritySchemes } from './priority-schemes.js';
import { PromiseMatrix, promiseLines } from './promise-matrix.js';
import { compileQueuePlace } from './queue-order.js';
import { compileEscalationHandling, compileMessageRequests, compileRequestRules } from './request-rules.js';
import type { ResolvedPolicy } from './resolve-policy.js';
import type { PriorityShareRule, SurgeRule } from './surge.js';
import { attributeNames } from './ticket-selector.js';

/** A promise that names the share of its cycles it means to keep, 0..1. */
export interface SharePromise {
  readonly id: string;
  readonly target: Target;
  readonly commitment: Commitment;
  readonly attainment: number;
}

/** A compiled policy and what it says to a desk beyond the clocks of single tickets. */
export interface DeskPolicy extends CompiledPolicy {
  /** When a surge of the desk begins and ends; null where the policy knows none. */
  readonly surge: SurgeRule | null;
  readonly priorityShares: readonly PriorityShareRule[];
  /** The promises that name the share of their cycles they mean to keep. */
  readonly sharePromises: readonly SharePromise[];
  /** Who the recipients of escalations and requests are, by name. */
  readonly recipients: Readonly<Record<string, string>>;
}

/** How many combinations of what decides are remembered; a desk has hundreds, an attacker's fields could be endless. */
const REMEMBERED_RESOLUTIONS = 10_000;

/** 90 days. */
const DEFAULT_SEAL_AFTER_MS = 90 * 86_400_000;

/** Makes a resolved policy ready to be asked. Pure. Throws only where the policy never went through `loadPolicy`. */
export function compilePolicy(resolved: ResolvedPolicy): DeskPolicy {
  const { document, version } = resolved;
  const calendars = new Map(
    Object.entries(resolved.calendars).map(([name, calendar]) => [name, compileCalendar(calendar)] as const),
  );
  const names = attributeNames(document);
  const schemes = new PrioritySchemes(document.schemes, names);
  const matrix = new PromiseMatrix(document, calendars, schemes, names, resolved.calendars);
  const coverage = compileCoverage(document.coverage, names);
  const remembered = new AnswersByValues<Resolution>(REMEMBERED_RESOLUTIONS);
  const deciding = attributesThatDecide(document);

  const decide = (ticket: TicketAttributes, priority: string | null, exclusion: string | null): Resolution => {
    if (exclusion !== null) return coverage.byCode(exclusion);
    return coverage.byAttributes(ticket, schemes.schemeOf(ticket)) ?? matrix.resolve(ticket, priority);
  };

  return {
    id: document.id,
    title: document.title,
    version,
    settleMs: document.settle,
    reopenWindowMs: document.reopenWindow,
    sealAfterMs: document.retention?.sealAfter ?? DEFAULT_SEAL_AFTER_MS,
    agentFirstPriority: document.agentFirstPriority,
    onReclassify: document.onReclassify,
    countsBots: document.countsBots,
    countsAutoReplies: document.countsAutoReplies,
    priorities: schemes.priorities,
    plans: document.plans.map(({ name }) => name),
    classification: compileClassification(document, schemes),
    calendars,
    schemeOf: (ticket) => schemes.schemeOf(ticket),
    findPriority: (text, ticket) => schemes.find(text, schemes.schemeOf(ticket)),
    resolve(ticket, priority, exclusion) {
      const asked: AskedValue[] = [priority, exclusion];
      for (const read of deciding) asked.push(read(ticket));
      return remembered.get(asked, () => decide(ticket, priority, exclusion));
    },
    nextOpening: compileNextOpening(document, calendars),
    queueOrder: queueOrderOf(document),
    placeInQueue: compileQueuePlace(document.queue, schemes, names),
    judgeRequest: compileRequestRules(document.requests, schemes, names),
    takesFromMessage: compileMessageRequests(document.requests, schemes, names),
    escalationHandledBy: compileEscalationHandling(document.requests, schemes, names),
    surge: document.surge ?? null,
    priorityShares: document.priorityShares.map((rule) => byName(rule, schemes)),
    sharePromises: document.promises.flatMap(({ id, target, commitment, attainment }) =>
      attainment === undefined ? [] : [{ id, target, commitment, attainment }],
    ),
    recipients: document.recipients,
  };
}

/** A share with its priorities by the names that tickets have them by, whatever the policy calls them here. */
function byName(rule: PriorityShareRule, schemes: PrioritySchemes): PriorityShareRule {
  const among = rule.scheme === undefined ? schemes.names : [rule.scheme];
  const named = rule.priorities.flatMap((word) => among.flatMap((scheme) => schemes.find(word, scheme) ?? []));
  return { ...rule, priorities: [...new Set(named)] };
}

/** Goes up when places are written in another way: those written before are then of another order. */
const PLACES_ARE_WRITTEN = 2;

/** A hash of all that a place in the queue depends on besides the ticket. */
function queueOrderOf({ queue, schemes, plans, tiers }: PolicyDocument): string {
  const order = schemes.map(({ name, when, priorities }) => ({
    name,
    when: when ?? null,
    priorities: priorities.map((one) => one.name),
  }));
  return contentHash({ queue, schemes: order, plans, tiers, written: PLACES_ARE_WRITTEN }).slice(0, 16);
}

/** Reads each attribute and form field that any selector of coverage, promises or schemes names; no other can change an answer of `resolve`. */
function attributesThatDecide(document: PolicyDocument): ((ticket: TicketAttributes) => AskedValue)[] {
  const selectors: readonly Selector[] = [
    ...document.schemes.flatMap(({ when }) => when ?? []),
    ...document.coverage.flatMap(({ when, unless }) => [when ?? [], unless ?? []].flat()),
    ...document.promises.flatMap((promise) => promiseLines(document, promise)),
  ];
  const fields = new Set(selectors.flatMap((selector) => Object.keys(selector.fields ?? {})));
  return [
    ...selectorKeys.flatMap((key) => {
      // The scheme follows from the attributes that choose it.
      if (key === 'fields' || key === 'scheme' || selectors.every((selector) => selector[key] === undefined)) return [];
      return [(ticket: TicketAttributes) => ticket[key]];
    }),
    ...[...fields].map(
      (field) => (ticket: TicketAttributes) =>
        Object.hasOwn(ticket.fields, field) ? (ticket.fields[field] ?? null) : null,
    ),
  ];
}
