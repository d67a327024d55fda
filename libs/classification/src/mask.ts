/**
 * Parts of a message that are not the requester speaking now: quoted replies, signatures, logs, stack traces, code. They are
 * replaced by spaces, so every offset stays what it was. One pass over the lines; each line is judged by its first characters only.
 */

const JUDGED = 300;
/** A signature block is at most this long; what stands further below is a message again. */
const SIGNATURE_LINES = 15;

const signOffs = [
  'best regards',
  'kind regards',
  'warm regards',
  'regards',
  'best wishes',
  'best',
  'thanks',
  'thank you',
  'many thanks',
  'cheers',
  'sincerely',
  'yours sincerely',
  'thanks in advance',
  'sent from my',
  'get outlook for',
  'med vänliga hälsningar',
  'med vänlig hälsning',
  'vänliga hälsningar',
  'vänligen',
  'hälsningar',
  'mvh',
  'tack på förhand',
  'skickat från min',
  'mit freundlichen grüßen',
  'mit freundlichem gruß',
  'mit freundlichen gruessen',
  'freundliche grüße',
  'viele grüße',
  'beste grüße',
  'liebe grüße',
  'mfg',
  'vielen dank im voraus',
  'von meinem iphone',
  'gesendet von',
  'cordialement',
  'bien cordialement',
  'bien à vous',
  'salutations',
  'meilleures salutations',
  'merci d’avance',
  "merci d'avance",
  'envoyé de mon',
  'saludos',
  'saludos cordiales',
  'un saludo',
  'un cordial saludo',
  'atentamente',
  'gracias de antemano',
  'muchas gracias',
  'enviado desde mi',
  'atenciosamente',
  'cumprimentos',
  'com os melhores cumprimentos',
  'melhores cumprimentos',
  'abraços',
  'abraço',
  'att',
  'obrigado',
  'obrigada',
  'enviado do meu',
].map((text) => text.normalize('NFC'));

const originalMessage = [
  'original message',
  'ursprüngliche nachricht',
  'ursprungligt meddelande',
  'message d’origine',
  "message d'origine",
  'mensaje original',
  'mensagem original',
];

/** `On Monday … X wrote:` in six languages: how the line begins and how it ends. */
const replyHeaders: readonly (readonly [begins: readonly string[], ends: readonly string[]])[] = [
  [['on '], ['wrote:', 'writes:']],
  [
    ['am ', 'den ', 'von '],
    ['schrieb:', 'schrieb', 'geschrieben:'],
  ],
  [
    ['den ', 'på ', 'mån', 'tis', 'ons', 'tors', 'fre', 'lör', 'sön', 'skrev'],
    ['skrev:', 'skrev'],
  ],
  [['le '], ['écrit :', 'écrit:', 'écrit\u00a0:']],
  [['el '], ['escribió:', 'escribio:']],
  [['em ', 'no dia ', 'a '], ['escreveu:']],
];

const headerNames = ['from:', 'von:', 'från:', 'de:'];
const sentNames = [
  'sent:',
  'gesendet:',
  'skickat:',
  'envoyé :',
  'envoyé:',
  'enviado:',
  'enviado el:',
  'enviada em:',
  'date:',
  'datum:',
  'fecha:',
  'data:',
];

const logLine =
  /^\s{0,8}(\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|\[?(ERROR|WARN|WARNING|INFO|DEBUG|TRACE|FATAL)\]?[ :]|at [\w$.<>]{3,120}\(|Traceback |File "|Caused by:|\.\.\. \d{1,4} more|"[\w-]{1,60}"\s?:|[{}[\]]\s?,?\s?$|[\w.]{3,120}(Exception|Error)(:|$)|[$#] )/;

/** Masks what the requester did not write now. Same length as `text`. */
export function maskText(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  let fenced = false;
  let cut = false;
  let signature = 0;
  let words = 0;
  for (const [index, line] of lines.entries()) {
    const head = line.slice(0, JUDGED).trim();
    const lower = head.toLowerCase().normalize('NFC');
    const isFence = head.startsWith('```') || head.startsWith('~~~') || lower === '{code}' || lower === '{noformat}';
    if (isFence) fenced = !fenced;
    if (signature > 0) signature -= 1;
    if (lower.startsWith('ps:') || lower.startsWith('p.s.')) signature = 0;
    if (signature === 0 && words > 0 && isSignOff(head, lower)) signature = SIGNATURE_LINES;
    if (words >= 3 && !fenced && startsQuotedMessage(lower, lines, index)) cut = true;
    const dropped = isFence || fenced || cut || signature > 0 || isQuoteOrLog(line, head, lower);
    kept.push(dropped ? ' '.repeat(line.length) : maskAddresses(line));
    if (!dropped && words < 3) words += countWords(head);
  }
  return kept.join('\n');
}

function isSignOff(head: string, lower: string): boolean {
  if (head === '--' || head === '—' || head === '__') return true;
  if (head.length > 60) return false;
  const match = signOffs.find((text) => lower.startsWith(text));
  if (match === undefined) return false;
  const rest = lower.slice(match.length);
  if (rest !== '' && !/^[\s,.!]/.test(rest)) return false;
  if (/[:?]/.test(rest)) return false;
  return countWords(rest) <= 2;
}

function startsQuotedMessage(lower: string, lines: readonly string[], index: number): boolean {
  if ((lower.startsWith('--') || lower.startsWith('__')) && originalMessage.some((text) => lower.includes(text)))
    return true;
  if (lower.startsWith('________________')) return true;
  if (headerNames.some((name) => lower.startsWith(name))) {
    const next = (lines[index + 1] ?? '').slice(0, JUDGED).trim().toLowerCase();
    const further = (lines[index + 2] ?? '').slice(0, JUDGED).trim().toLowerCase();
    return sentNames.some((name) => next.startsWith(name) || further.startsWith(name));
  }
  const joined = `${lower} ${(lines[index + 1] ?? '').slice(0, JUDGED).trim().toLowerCase()}`.trim();
  return replyHeaders.some(
    ([begins, ends]) =>
      begins.some((text) => lower.startsWith(text)) &&
      /\d/.test(joined) &&
      ends.some((text) => lower.endsWith(text) || (joined.length < 200 && joined.endsWith(text))),
  );
}

function isQuoteOrLog(line: string, head: string, lower: string): boolean {
  if (head.startsWith('>') || lower.startsWith('&gt;')) return true;
  if (logLine.test(line.slice(0, JUDGED))) return true;
  if (head.length < 30) return false;
  let letters = 0;
  for (let at = 0; at < head.length; at += 1) {
    const code = head.charCodeAt(at);
    if (code === 32 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code > 127) letters += 1;
  }
  return letters / head.length < 0.6;
}

/** Masks e-mail addresses whole and URLs but for their host: `https://staging.example.com/x` still says staging. */
function maskAddresses(line: string): string {
  if (!line.includes('@') && !line.includes('://')) return line;
  return line
    .split(' ')
    .map((word) => {
      if (word.includes('@') && word.includes('.')) return ' '.repeat(word.length);
      const scheme = word.indexOf('://');
      if (scheme < 0) return word;
      const path = word.indexOf('/', scheme + 3);
      const host = path < 0 ? word.slice(scheme + 3) : word.slice(scheme + 3, path);
      return ' '.repeat(scheme + 3) + host + ' '.repeat(word.length - scheme - 3 - host.length);
    })
    .join(' ');
}

function countWords(text: string): number {
  let count = 0;
  for (const word of text.split(/\s/)) if (word !== '') count += 1;
  return count;
}
