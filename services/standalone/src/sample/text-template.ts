/** The languages in which the sample's requesters write. */
export type Language = 'en' | 'sv' | 'de' | 'fr' | 'es' | 'pt';

/** What a ticket of the sample is about. */
export type TicketKind =
  'outage' | 'broken' | 'degraded' | 'workaround' | 'minor' | 'how_to' | 'feature_request' | 'staging' | 'beta';

/** `{feature}`, `{customer}`, `{count}` and `{time}` are filled in. */
export interface TextTemplate {
  readonly subject: string;
  readonly body: string;
}

/** Everything that people write in one language. */
export interface Phrasebook {
  readonly tickets: Readonly<Record<TicketKind, readonly TextTemplate[]>>;
  /** An agent's first words, a question back, a later answer and the closing one. */
  readonly firstReply: readonly string[];
  readonly askBack: readonly string[];
  readonly answer: readonly string[];
  readonly solved: readonly string[];
  /** The requester's answers, thanks, reopening and asking for news. */
  readonly requesterAnswer: readonly string[];
  readonly thanks: readonly string[];
  readonly reopen: readonly string[];
  readonly nudge: readonly string[];
  readonly autoReply: string;
}

/** Fills the placeholders of a template; one without a value stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
