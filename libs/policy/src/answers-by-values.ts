/** What a question is asked with. */
export type AskedValue = string | number | boolean | null;

interface Place<Answer> {
  answer: Answer | undefined;
  next: Map<AskedValue, Place<Answer>> | null;
}

/**
 * Answers by the values they were asked with, in order: a tree with a level for each value, so that finding one makes no key of them. When
 * `limit` answers are kept, it begins anew.
 */
export class AnswersByValues<Answer extends object> {
  private root: Place<Answer> = { answer: undefined, next: null };
  private kept = 0;

  constructor(private readonly limit: number) {}

  /** The answer to these values, made by `make` where it is not kept. */
  get(values: readonly AskedValue[], make: () => Answer): Answer {
    let place = this.root;
    for (const value of values) {
      const next = place.next?.get(value);
      if (next === undefined) return this.keep(values, make());
      place = next;
    }
    return place.answer ?? this.keep(values, make());
  }

  private keep(values: readonly AskedValue[], answer: Answer): Answer {
    if (this.kept === this.limit) {
      this.root = { answer: undefined, next: null };
      this.kept = 0;
    }
    let place = this.root;
    for (const value of values) {
      place.next ??= new Map();
      let next = place.next.get(value);
      if (next === undefined) place.next.set(value, (next = { answer: undefined, next: null }));
      place = next;
    }
    place.answer = answer;
    this.kept += 1;
    return answer;
  }
}
