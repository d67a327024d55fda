import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInPack, compilePolicy, formatDiagnostic, loadPolicy, loadScenarios, resolvePolicy } from './index.js';

const pack = builtInPack('sourcegraph');
const text = pack?.text ?? '';
const words = [...new Set(text.match(/[\w-]+/g) ?? [])];

/** The pack with a few of its lines lost, doubled, indented or with a word exchanged. */
const damaged = fc
  .array(fc.tuple(fc.nat(), fc.constantFrom('lose', 'double', 'indent', 'exchange'), fc.constantFrom(...words)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((damages) =>
    damages
      .reduce((lines, [place, kind, word]) => {
        const index = place % lines.length;
        const line = lines[index] ?? '';
        const instead = {
          lose: [],
          double: [line, line],
          indent: [`  ${line}`],
          exchange: [line.replace(/[\w-]+(?!.*[\w-])/, word)],
        }[kind];
        return lines.toSpliced(index, 1, ...instead);
      }, text.split('\n'))
      .join('\n'),
  );

describe('whatever the file holds', () => {
  it('loading never throws, and what loads without errors can be resolved and compiled', { timeout: 60_000 }, () => {
    let loaded = 0;
    fc.assert(
      fc.property(damaged, (yaml) => {
        const { document, diagnostics } = loadPolicy(yaml, 'damaged.yaml');
        const last = yaml.split('\n').length;
        for (const { line, column } of diagnostics) expect(line >= 1 && line <= last && column >= 1).toBe(true);
        expect(document === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        if (document === null) return;
        loaded += 1;
        compilePolicy(resolvePolicy(document, { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) }));
      }),
      { numRuns: 150, seed: 11 },
    );
    expect(loaded).toBeGreaterThan(20);
  });

  it.each([
    ['nothing', ''],
    ['a list', '- 1'],
    [
      'aliases that explode',
      `a: &a [${'x,'.repeat(9)}x]\n${'bcdefghij'.replace(/./g, (key, index: number) => `${key}: &${key} [${`*${'abcdefghij'[index]},`.repeat(9)}]\n`)}`,
    ],
    ['an alias of nothing', 'id: *nothing'],
    ['depth', `id: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    [
      'deep conditions',
      `id: a\ntitle: a\npriorities: [{ name: p1 }]\nclassification:\n  default: p1\n  rules:\n    - { id: deep, priority: p1, because: x, when: ${'{ not: '.repeat(3_000)}{ always: true }${' }'.repeat(3_000)} }`,
    ],
    [
      'names of objects’ own',
      'id: acme\ntitle: t\n__proto__: { x: 1 }\nconstructor: 2\npriorities: [{ name: __proto__ }]\ncalendars: { __proto__: { zone: UTC, weekly: 24x7 } }\nclassification: { default: constructor }',
    ],
    ['two documents', 'id: a\n---\nid: b\n'],
    ['a date for a title', 'id: a\ntitle: 2026-01-01\n'],
  ])('%s is a diagnostic', (_what, yaml) => {
    const policy = loadPolicy(yaml, 'odd.yaml');
    expect(policy.document).toBeNull();
    expect(policy.diagnostics.map(formatDiagnostic).join('\n')).toContain('odd.yaml:');
    expect(loadScenarios(yaml, 'odd.yaml').file).toBeNull();
  });
});
