import { deadLetterTopic, topics, type DeadLetterRecord } from '@punctual/contracts';
import type { DataSource } from 'typeorm';
import type { EventLog, LogRecord, OutgoingRecord } from '../event-log.js';
import { poolSql } from '../pool-sql.js';
import { beginTransaction } from '../transaction.js';
import { redrivenRecord } from './dead-letter.js';
import { loadResolved, resolveLetters, type Resolution } from './dead-letter-store.js';
import { foundLetter, isSelected, type FoundLetter, type LetterSelection } from './found-letter.js';

/** The topics whose records may be given up; beside the first stand the letters of upstreams' records as well. */
const ticketTopics = [topics.received, topics.classified, topics.upstream];

/** Letters dealt with in one transaction. */
const pageSize = 200;

/** Where an operator looks through the dead letters and deals with them; on either driver. */
export class DeadLetterDesk {
  constructor(
    private readonly log: EventLog,
    private readonly dataSource: DataSource,
    private readonly inputs: readonly string[] = ticketTopics,
  ) {}

  /** The letters selected, in the order of their records. Of a record that died twice it is the last letter. */
  async list(selection: LetterSelection): Promise<readonly FoundLetter[]> {
    const found = new Map<string, FoundLetter>();
    const resolved = await loadResolved(poolSql(this.dataSource), this.log.logId);
    for (const topic of this.inputs) {
      if (selection.topic !== undefined && selection.topic !== topic) continue;
      await this.log.scan(deadLetterTopic(topic), (record) => {
        const letter = foundLetter(record, topic, resolved);
        if (letter === null) return;
        if (isSelected(letter, selection)) found.set(letter.id, letter);
        else found.delete(letter.id);
      });
    }
    return [...found.values()];
  }

  /** The record of a letter that `list` gave; null where the log has let it go meanwhile. */
  async read(letter: FoundLetter): Promise<LogRecord | null> {
    let found: LogRecord | null = null;
    await this.#visit([letter], (_letter, record) => void (found = record));
    return found;
  }

  /**
   * Sends letters again to where they failed, and notes that they were, in one step each: a letter that somebody else has redriven
   * meanwhile is left out, unless `which` is `all`. Where the process dies between the two the letter is redriven again, which readers
   * bear with: an event that arrives twice counts once. Returns the letters redriven.
   */
  async redrive(letters: readonly FoundLetter[], which: LetterSelection['which']): Promise<readonly FoundLetter[]> {
    return this.#resolve(
      letters.filter(({ readable }) => readable),
      'redriven',
      which,
      (letter, record) => [redrivenRecord(record), ...marker(letter, 'resolved')],
    );
  }

  /** Notes that letters will not be sent again. Their tickets are no longer said to be incomplete for them. Returns the letters dismissed. */
  async dismiss(letters: readonly FoundLetter[]): Promise<readonly FoundLetter[]> {
    return this.#resolve(letters, 'dismissed', 'unresolved', (letter) => marker(letter, 'resolved'));
  }

  async #resolve(
    letters: readonly FoundLetter[],
    resolution: Resolution,
    which: LetterSelection['which'],
    outgoing: (letter: FoundLetter, record: LogRecord) => readonly OutgoingRecord[],
  ): Promise<readonly FoundLetter[]> {
    const done: FoundLetter[] = [];
    let page: { readonly letter: FoundLetter; readonly records: readonly OutgoingRecord[] }[] = [];
    const flush = async (): Promise<void> => {
      const taken = page;
      page = [];
      if (taken.length > 0) done.push(...(await this.#resolvePage(taken, resolution, which)));
    };
    await this.#visit(letters, async (letter, record) => {
      page.push({ letter, records: outgoing(letter, record) });
      if (page.length >= pageSize) await flush();
    });
    await flush();
    return done;
  }

  async #resolvePage(
    page: readonly { readonly letter: FoundLetter; readonly records: readonly OutgoingRecord[] }[],
    resolution: Resolution,
    which: LetterSelection['which'],
  ): Promise<readonly FoundLetter[]> {
    const transaction = await beginTransaction(this.dataSource);
    try {
      const places = page.map(({ letter }) => ({ ...letter.origin, code: letter.code, stage: letter.stage }));
      const taken = await resolveLetters(transaction, this.log.logId, places, resolution, which);
      const mine = page.filter(({ letter }) => taken.has(letter.id));
      // Before the commit: a letter noted as redriven and never sent would be lost.
      await this.log.publish(mine.flatMap(({ records }) => records));
      await transaction.commit();
      return mine.map(({ letter }) => letter);
    } finally {
      await transaction.rollback();
    }
  }

  async #visit(
    letters: readonly FoundLetter[],
    visit: (letter: FoundLetter, record: LogRecord) => void | Promise<void>,
  ): Promise<void> {
    for (const topic of this.inputs) {
      const wanted = new Map(
        letters
          .filter(({ beside }) => beside === topic)
          .map((letter) => [`${letter.partition}/${letter.offset}`, letter]),
      );
      if (wanted.size === 0) continue;
      await this.log.scan(deadLetterTopic(topic), async (record) => {
        const letter = wanted.get(`${record.partition}/${record.offset}`);
        if (letter !== undefined) await visit(letter, record);
      });
    }
  }
}

/** Tells the readers of the letter's topic what has become of it; nothing where its ticket is unknown. */
function marker({ id, about, origin }: FoundLetter, state: DeadLetterRecord['state']): OutgoingRecord[] {
  if (about === null) return [];
  const value: DeadLetterRecord = { kind: 'dead_letter', letter: id, state, ...about };
  return [{ topic: origin.topic, partition: origin.partition, key: `${about.source}/${about.ticket}`, value }];
}
