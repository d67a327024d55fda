import type { Actor, Instant, TicketEvent, TicketEventData, TicketStatus } from '@punctual/contracts';
import type { Company, Customer, Pace } from './company.js';
import { alwaysOpen, officeHours, type OfficeHours } from './office-hours.js';
import { phrasebooks } from './phrasebooks.js';
import type { Random } from './random.js';
import { StoryLog } from './story-log.js';
import { fill, type Language, type Phrasebook, type TicketKind } from './text-template.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const open: TicketStatus = { name: 'open', category: 'open' };
const pending: TicketStatus = { name: 'pending', category: 'waiting_requester' };
const onHold: TicketStatus = { name: 'on-hold', category: 'waiting_other' };
const solved: TicketStatus = { name: 'solved', category: 'solved' };
const closed: TicketStatus = { name: 'closed', category: 'closed' };
const system: Actor = { role: 'system' };
const bot: Actor = { role: 'bot', id: 'welcome-bot' };

/** What a story is about and how it goes; everything left open is left to chance. */
export interface StoryOutline {
  readonly ticket: string;
  readonly createdAt: Instant;
  /** The instant around which office hours are needed, epoch ms. */
  readonly around: Instant;
  readonly zone: string;
  readonly language: Language;
  readonly kind?: TicketKind;
  readonly customer?: Customer;
  /** An agent sets this place of the company's priorities right after creation. */
  readonly triagedTo?: number;
  /** When the first answer comes; `never`: the story ends unanswered. */
  readonly firstAnswer?: 'on_time' | 'late' | 'never' | 'asks_back';
  /** The tickets of the same customer into which this one may be merged. */
  readonly mergeInto?: string;
}

/** The whole life of one ticket, in time order, past any `now`: who asks, who answers when, and how it ends. */
export function tellStory(company: Company, outline: StoryOutline, random: Random): TicketEvent[] {
  return new Story(company, outline, random).tell();
}

class Story {
  readonly #log: StoryLog;
  readonly #phrases: Phrasebook;
  readonly #requester: Actor;
  readonly #agent: Actor;
  readonly #team: string;
  readonly #kind: TicketKind;
  readonly #customer: Customer;
  readonly #channel: string;
  readonly #words: Readonly<Record<string, string>>;
  readonly #agentHours: OfficeHours;
  readonly #customerHours: OfficeHours;
  #urgency: number;

  constructor(
    private readonly company: Company,
    private readonly outline: StoryOutline,
    private readonly random: Random,
  ) {
    this.#log = new StoryLog(company.source, outline.ticket, outline.createdAt);
    this.#phrases = phrasebooks[outline.language];
    this.#kind = outline.kind ?? random.weighted(company.kinds);
    this.#customer = outline.customer ?? random.pick(company.customers);
    this.#channel = random.weighted(company.channels);
    this.#team = random.pick(company.teams);
    this.#agent = { role: 'agent', id: `${this.#team}-${random.whole(1, 4)}` };
    this.#requester = { role: 'requester', id: `${this.#customer.id}-u${random.whole(1, 40)}` };
    this.#urgency = outline.triagedTo ?? company.urgency[this.#kind];
    this.#words = {
      feature: random.pick(company.features[outline.language] ?? ['Punctual']),
      customer: this.#customer.id,
      count: String(random.whole(3, 60)),
      time: `${random.whole(7, 11)}:${String(random.whole(0, 59)).padStart(2, '0')}`,
    };
    this.#agentHours = officeHours(company.agents.zone, company.agents.opens, company.agents.closes, outline.around);
    this.#customerHours = officeHours(outline.zone, 8, 18, outline.around);
  }

  tell(): TicketEvent[] {
    this.create();
    this.triage();
    if (this.endsElsewhere()) return this.#log.events;
    if (!this.answerFirst()) return this.#log.events;
    this.converse();
    this.solve();
    return this.#log.events;
  }

  private create(): void {
    const { random, outline } = this;
    const template = random.pick(this.#phrases.tickets[this.#kind]);
    const chosen = this.chosenPriority();
    const data: TicketEventData<'ticket.created'> = {
      actor: this.#requester,
      subject: fill(template.subject, this.#words),
      body: fill(template.body, this.#words),
      language: outline.language,
      customer: this.#customer.id,
      channel: this.#channel,
      origin: 'requester',
      status: { name: 'new', category: 'open' },
      ...(this.#customer.plan === undefined ? {} : { plan: this.#customer.plan }),
      ...(this.#customer.tier === undefined ? {} : { tier: this.#customer.tier }),
      ...(this.stage() === undefined ? {} : { stage: this.stage() }),
      ...(chosen === undefined ? {} : { priority: chosen }),
      ...this.formFields(),
    };
    this.#log.add('ticket.created', outline.createdAt, data);
    if (random.chance(0.25)) {
      const body = this.#phrases.autoReply;
      const message = { actor: bot, visibility: 'public', autoReply: true, body, language: outline.language } as const;
      this.#log.add('ticket.message.added', this.#log.at + random.whole(2, 9) * 1_000, message);
    }
  }

  private stage(): string | undefined {
    return this.#kind === 'beta' ? 'beta' : this.#customer.stage;
  }

  /** A form asks for a priority; a few requesters choose one too high. */
  private chosenPriority(): string | undefined {
    if (!this.company.choosesIn.includes(this.#channel)) return undefined;
    const wrong = this.outline.triagedTo === undefined && this.random.chance(0.1);
    return this.pace(wrong ? Math.max(0, this.#urgency - 1) : this.#urgency).name;
  }

  private formFields(): { fields?: Record<string, string> } {
    if (!this.random.chance(0.5)) return {};
    if (this.#kind === 'staging') return { fields: { environment: 'staging' } };
    if (this.#kind === 'how_to' || this.#kind === 'feature_request') return {};
    return { fields: { environment: 'production' } };
  }

  private triage(): void {
    const { random } = this;
    this.#log.add('ticket.assignment.changed', this.#log.at + random.whole(5, 90) * 1_000, {
      actor: system,
      assignee: { person: null, team: this.#team },
    });
    const corrected = this.outline.triagedTo !== undefined || random.chance(0.09);
    if (!corrected) return;
    if (this.outline.triagedTo === undefined) {
      const step = random.chance(0.65) ? 1 : -1;
      this.#urgency = Math.min(this.company.priorities.length - 1, Math.max(0, this.#urgency + step));
    }
    this.#log.add('ticket.priority.changed', this.#log.at + random.whole(20, 200) * 1_000, {
      actor: this.#agent,
      priority: this.pace(this.#urgency).name,
      reason: 'Effect on the customer as seen at triage',
    });
  }

  /** Some tickets end before anyone answers: folded into another one, or spam. */
  private endsElsewhere(): boolean {
    if (this.outline.firstAnswer !== undefined) return false;
    const at = this.#agentHours.forward(this.#log.at, this.random.whole(5, 50) * MINUTE);
    if (this.outline.mergeInto !== undefined) {
      this.#log.add('ticket.merged', at, { actor: this.#agent, into: this.outline.mergeInto, transfer: false });
      return true;
    }
    if (!this.random.chance(0.006)) return false;
    this.#log.add('ticket.deleted', at, { actor: this.#agent, spam: true });
    return true;
  }

  /** Returns whether anyone answers at all. */
  private answerFirst(): boolean {
    const { random, outline } = this;
    const when = outline.firstAnswer ?? (random.chance(this.company.lateShare) ? 'late' : 'on_time');
    if (when === 'never') return false;
    const pace = this.pace(this.#urgency);
    const share = when === 'late' ? random.between(1.05, 2.4) : random.between(0.05, 0.9) * random.between(0.35, 1);
    const hours = pace.aroundTheClock ? alwaysOpen : this.#agentHours;
    const at =
      when === 'asks_back' ? this.#log.at + 6 * MINUTE : hours.forward(outline.createdAt, share * pace.answerMs);
    this.#log.add(
      'ticket.assignment.changed',
      outline.createdAt + (at - outline.createdAt) * random.between(0.4, 0.9),
      {
        actor: this.#agent,
        assignee: { person: this.#agent.id ?? null, team: this.#team },
      },
    );
    if (random.chance(0.3))
      this.#log.note(at - 2 * MINUTE, this.#agent, 'Checked the account and the last deployment.', 'en');
    if (when === 'asks_back') {
      this.#log.add('ticket.status.changed', at, { actor: this.#agent, status: pending });
      return false;
    }
    this.say(at, this.#agent, this.#phrases.firstReply);
    return true;
  }

  private converse(): void {
    const { random } = this;
    const rounds = random.weighted({ '0': 34, '1': 38, '2': 20, '3': 8 });
    for (let round = 0; round < Number(rounds); round += 1) {
      if (random.chance(0.7)) this.askBack();
      else this.nudge();
      if (random.chance(0.12)) this.handOver();
      if (random.chance(0.08)) this.waitForOthers();
      this.answerWithin(random.chance(this.company.lateShare) ? 2 : 0.7);
    }
  }

  /** The agent asks, the ticket waits for the requester, the requester answers in their own day. */
  private askBack(): void {
    const asked = this.#agentHours.forward(this.#log.at, this.random.whole(4, 40) * MINUTE);
    this.say(asked, this.#agent, this.#phrases.askBack);
    this.#log.add('ticket.status.changed', asked + 2_000, { actor: this.#agent, status: pending });
    const answered = this.#customerHours.forward(asked, this.random.between(0.3, 7) * HOUR);
    this.say(answered, this.#requester, this.#phrases.requesterAnswer);
    this.#log.add('ticket.status.changed', answered + 3_000, { actor: system, status: open });
  }

  private nudge(): void {
    const at = this.#customerHours.forward(this.#log.at, this.random.between(0.5, 9) * HOUR);
    this.say(at, this.#requester, this.#phrases.nudge);
    if (this.random.chance(0.35)) {
      this.#log.add('ticket.request.made', at + 5_000, {
        actor: this.#requester,
        request: 'update',
        channel: this.#channel,
      });
    }
    if (this.#urgency > 0 && this.random.chance(0.06)) {
      const priority = this.pace(this.#urgency - 1).name;
      const supplied = { business_impact: 'Orders cannot be processed', ticket_number: this.outline.ticket };
      const request = {
        actor: this.#requester,
        request: 'elevation',
        priority,
        channel: this.#channel,
        supplied,
      } as const;
      this.#log.add('ticket.request.made', at + 60_000, request);
      if (this.random.chance(0.5)) {
        const more = { reason: 'The deadline of our own customers', ...supplied };
        const escalation = {
          actor: this.#requester,
          request: 'escalation',
          channel: this.#channel,
          supplied: more,
        } as const;
        this.#log.add('ticket.request.made', at + 120_000, escalation);
      }
    }
  }

  private handOver(): void {
    const team = this.random.pick(this.company.teams);
    const at = this.#agentHours.forward(this.#log.at, this.random.whole(2, 30) * MINUTE);
    this.#log.add('ticket.assignment.changed', at, { actor: this.#agent, assignee: { person: null, team } });
  }

  private waitForOthers(): void {
    const at = this.#agentHours.forward(this.#log.at, 10 * MINUTE);
    this.#log.add('ticket.status.changed', at, { actor: this.#agent, status: onHold });
    const back = this.#agentHours.forward(at, this.random.between(2, 10) * HOUR);
    this.#log.add('ticket.status.changed', back, { actor: this.#agent, status: open });
  }

  private answerWithin(share: number): void {
    const wait = this.pace(this.#urgency).answerMs * this.random.between(0.1, 1) * share;
    this.say(this.#agentHours.forward(this.#log.at, wait), this.#agent, this.#phrases.answer);
  }

  private solve(): void {
    const { random } = this;
    const at = this.#agentHours.forward(this.#log.at, random.between(0.3, 8) * HOUR);
    this.say(at, this.#agent, this.#phrases.solved);
    this.#log.add('ticket.status.changed', at + 2_000, { actor: this.#agent, status: solved });
    if (random.chance(0.25)) this.say(this.#customerHours.forward(at, HOUR), this.#requester, this.#phrases.thanks);
    if (random.chance(0.07)) {
      const reopened = this.#customerHours.forward(this.#log.at, random.between(1, 9) * HOUR);
      this.say(reopened, this.#requester, this.#phrases.reopen);
      this.#log.add('ticket.status.changed', reopened + 3_000, { actor: system, status: open });
      this.answerWithin(0.8);
      const again = this.#agentHours.forward(this.#log.at, random.between(0.5, 6) * HOUR);
      this.#log.add('ticket.status.changed', again, { actor: this.#agent, status: solved });
    }
    this.#log.add('ticket.status.changed', this.#log.at + 3 * DAY, { actor: system, status: closed });
  }

  private say(at: Instant, actor: Actor, texts: readonly string[]): void {
    this.#log.message(at, actor, fill(this.random.pick(texts), this.#words), this.outline.language);
  }

  private pace(urgency: number): Pace {
    const pace = this.company.priorities[urgency];
    if (pace === undefined) throw new RangeError(`${this.company.name} has no priority number ${urgency}`);
    return pace;
  }
}
