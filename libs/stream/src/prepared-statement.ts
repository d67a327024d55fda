/** What `pg` is asked: a statement with a name is parsed once per connection, and planned anew only where that pays. */
export interface PreparedStatement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** Connections keep what they have prepared: statements whose text is put together anew each time stay without a name. */
const MOST_NAMED = 200;

const names = new Map<string, string>();

/**
 * A statement with its parameters, named where it has some: those of the folds come again with every batch. Parsing and planning took a
 * third of PostgreSQL's time for a batch of sixty tickets.
 */
export function preparedStatement(text: string, values: readonly unknown[] | undefined): PreparedStatement {
  if (values === undefined || values.length === 0) return { text };
  const name = nameOf(text);
  return { text, values: values as unknown[], ...(name === undefined ? {} : { name }) };
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMED) return known;
  const name = `punctual ${names.size + 1}`;
  names.set(text, name);
  return name;
}
