/** What an array parameter of a statement may hold: whatever else there is, `pg` writes. */
type Plain = string | number | boolean | null | undefined;

/**
 * An array as PostgreSQL reads it, the same that `pg` would make of it, or the array itself where it holds more than plain values. `pg` adds one
 * element after the other to a text and looks through each for quotes twice; a batch has thousands, and that was a fifth of all that it allocated.
 */
export function arrayLiteral(values: readonly unknown[]): string | readonly unknown[] {
  const elements: string[] = [];
  for (const value of values as readonly Plain[]) {
    switch (typeof value) {
      case 'string':
        elements.push(quoted(value));
        break;
      case 'number':
      case 'boolean':
        elements.push(String(value));
        break;
      default:
        if (value !== null && value !== undefined) return values;
        elements.push('NULL');
    }
  }
  return `{${elements.join(',')}}`;
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}
