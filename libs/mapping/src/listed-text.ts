/** What a text begins with that stands for a list in a row. A cell of a table that begins so is a list of its lines. */
const LIST = '\n';

/** A list as the text of a row. */
export function listText(items: readonly string[]): string {
  return `${LIST}${items.join(LIST)}`;
}

/** The items of a text that stands for a list; null where it stands for itself. */
export function itemsOf(text: string): readonly string[] | null {
  return text.startsWith(LIST)
    ? text
        .slice(LIST.length)
        .split(LIST)
        .filter((item) => item !== '')
    : null;
}
