/** Only such a number can lose digits on the way through JSON.parse. */
const longNumber = /\d{16}/;

/** A parsed JSON text; undefined where the text is no JSON. Whole numbers too long for a number stay text: they are ids. */
export function parseJson(text: string): unknown {
  try {
    return longNumber.test(text) ? (JSON.parse(text, keepDigits) as unknown) : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function keepDigits(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  return context?.source ?? value;
}
