import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair } from 'yaml';
import { pointerOf, type Diagnostic, type Finding, type Path } from './diagnostic.js';

/** Longer files are refused: a policy is written and read by people. */
const MAX_LENGTH = 1_000_000;

/** More nesting than this is refused: nobody means it, and checking it would exhaust the stack. */
const MAX_DEPTH = 64;

/** A YAML text that can say where in it a path stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  /** The plain value of the document; null where there are problems. */
  readonly value: unknown;
  /** What YAML itself found wrong, or what keeps the text from being read at all. */
  readonly problems: readonly Diagnostic[];

  constructor(
    text: string,
    readonly file: string,
  ) {
    const read = readYaml(text, this.lines);
    this.document = read.document;
    this.value = read.problems.length > 0 ? null : read.value;
    this.problems = read.problems.map(({ code, message, offset, suggestion }) => {
      const { line, col } = this.lines.linePos(offset);
      const place = { file, line: Math.max(1, line), column: Math.max(1, col), path: '' };
      return { severity: 'error', code, message, ...place, ...(suggestion === undefined ? {} : { suggestion }) };
    });
  }

  /** The finding with its place. A path that does not exist in the text is placed at its nearest ancestor. */
  locate(finding: Finding): Diagnostic {
    const { line, col } = this.lines.linePos(this.offset(finding.path, finding.at ?? 'value'));
    return {
      severity: finding.severity,
      code: finding.code,
      message: finding.message,
      file: this.file,
      line,
      column: col,
      path: pointerOf(finding.path),
      ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
    };
  }

  private offset(path: Path, at: 'key' | 'value'): number {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, part] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.document);
      const last = index === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find((item) => keyOf(item) === String(part));
        if (pair === undefined) return offset;
        const keyOffset = startOf(pair.key) ?? offset;
        node = pair.value;
        offset = last && at === 'key' ? keyOffset : (startOf(node) ?? keyOffset);
      } else if (isSeq(node)) {
        node = node.items[Number(part)];
        if (node === undefined) return offset;
        offset = startOf(node) ?? offset;
      } else {
        return offset;
      }
    }
    return offset;
  }
}

interface YamlProblem {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  readonly suggestion?: string;
}

interface ReadYaml {
  readonly document: Document;
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
}

function readYaml(text: string, lineCounter: LineCounter): ReadYaml {
  const refused = (code: string, message: string): ReadYaml => ({
    document: parseDocument(''),
    value: null,
    problems: [{ code, message, offset: 0 }],
  });
  if (text.length > MAX_LENGTH) return refused('too_long', `a policy file has at most ${MAX_LENGTH} characters`);
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false });
    const problems = document.errors.map(({ code, message, pos }): YamlProblem => {
      const problem = { code: 'yaml', message, offset: pos[0] };
      return code === 'DUPLICATE_KEY' ? { ...problem, suggestion: 'keep one of the two' } : problem;
    });
    if (problems.length > 0) return { document, value: null, problems };
    // The library's limit on alias expansion stands, so a small file cannot become a huge value; it throws, as for an unknown alias.
    const value: unknown = document.toJS();
    return isDeeperThan(value, MAX_DEPTH)
      ? refused('too_deep', `more than ${MAX_DEPTH} levels of nesting`)
      : { document, value, problems };
  } catch (error) {
    if (error instanceof RangeError) return refused('too_deep', `more than ${MAX_DEPTH} levels of nesting`);
    if (error instanceof ReferenceError) return refused('yaml', error.message);
    throw error;
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function startOf(node: unknown): number | null {
  return isNode(node) && node.range ? node.range[0] : null;
}
