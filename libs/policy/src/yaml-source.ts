import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair } from 'yaml';
import { pointerOf, type Diagnostic, type Finding, type Path } from './diagnostic.js';

/** Longer files are refused: a policy is written and read by people. */
const MAX_LENGTH = 1_000_000;

/** A YAML text that can say where in it a path stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  /** What YAML itself found wrong. */
  readonly problems: readonly Diagnostic[];

  constructor(
    text: string,
    readonly file: string,
  ) {
    const tooLong = text.length > MAX_LENGTH;
    this.document = parseDocument(tooLong ? '' : text, { lineCounter: this.lines, prettyErrors: false });
    const errors = this.document.errors.map((error): Diagnostic => {
      const { line, col } = this.lines.linePos(error.pos[0]);
      const base = {
        severity: 'error',
        code: 'yaml',
        message: error.message,
        file,
        line,
        column: col,
        path: '',
      } as const;
      return error.code === 'DUPLICATE_KEY' ? { ...base, suggestion: 'keep one of the two' } : base;
    });
    this.problems = tooLong
      ? [
          {
            severity: 'error',
            code: 'too_long',
            message: `a policy file has at most ${MAX_LENGTH} characters`,
            file,
            line: 1,
            column: 1,
            path: '',
          },
        ]
      : errors;
  }

  /** The plain value of the document; null where the text is not YAML. */
  value(): unknown {
    if (this.problems.length > 0) return null;
    // The default limit on alias expansion stands, so a small file cannot become a huge value.
    return this.document.toJS();
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

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function startOf(node: unknown): number | null {
  return isNode(node) && node.range ? node.range[0] : null;
}
