import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours for a stream: only on a terminal, never with NO_COLOR; FORCE_COLOR overrules the terminal test. */
export function coloursFor(stream: { readonly isTTY?: boolean | undefined }): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const enabled = !NO_COLOR && (forced || (stream.isTTY === true && TERM !== 'dumb'));
  return picocolors.createColors(enabled);
}

/** Whether the terminal shows more than ASCII: a UTF-8 locale, and not the Linux console. Pipes are given Unicode. */
export function showsUnicode(stream: { readonly isTTY?: boolean | undefined }): boolean {
  if (process.env['TERM'] === 'linux' || process.env['TERM'] === 'dumb') return false;
  if (stream.isTTY !== true || process.platform !== 'linux') return true;
  const locale = process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '';
  return /utf-?8/i.test(locale);
}
