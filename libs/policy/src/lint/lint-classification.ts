import type { Finding } from '../diagnostic.js';
import { didYouMeanOneOf } from '../did-you-mean.js';
import type { FactCondition } from '../compiled-policy.js';
import { finding, type LintCheck, type LintContext } from './lint-context.js';
import { conditionCovers, contradiction } from './subsumption.js';

/** Rules that can never decide, and rules that name what the policy does not know. */
export const lintClassification: LintCheck = (context) => [...rules(context), ...defaults(context)];

function rules(context: LintContext): Finding[] {
  const { document } = context;
  const list = document.classification.rules;
  const codes = document.coverage.map(({ code }) => code);
  const schemeNames = document.schemes.map(({ name }) => name);
  return list.flatMap((rule, index): Finding[] => {
    const path = ['classification', 'rules', index];
    const found: Finding[] = [];
    const namesake = list.findIndex(({ id }) => id === rule.id);
    if (namesake < index)
      found.push(
        finding('error', 'duplicate_rule', `two rules are called '${rule.id}'`, [...path, 'id'], 'rename one of them'),
      );
    if (rule.scheme !== undefined && !schemeNames.includes(rule.scheme)) {
      found.push(
        finding(
          'error',
          'unknown_scheme',
          `'${rule.scheme}' is no scheme of this policy`,
          [...path, 'scheme'],
          didYouMeanOneOf(rule.scheme, schemeNames),
        ),
      );
    }
    if (rule.exclude !== undefined && !codes.includes(rule.exclude)) {
      found.push(
        finding(
          'error',
          'unknown_exclusion',
          `'${rule.exclude}' is no code under coverage`,
          [...path, 'exclude'],
          didYouMeanOneOf(rule.exclude, codes),
        ),
      );
    }
    const schemes = rule.scheme === undefined ? schemeNames : [rule.scheme];
    const words = [
      ...(rule.priority === undefined ? [] : [{ word: rule.priority, path: [...path, 'priority'], everywhere: true }]),
      ...chosenIn(rule.when).map((word) => ({ word, path: [...path, 'when'], everywhere: false })),
    ];
    for (const { word, path: place, everywhere } of words) {
      const unknownIn = schemes.filter((scheme) => context.schemes.find(word, scheme) === null);
      if (unknownIn.length === 0 || (!everywhere && unknownIn.length < schemes.length)) continue;
      const known = document.schemes
        .filter(({ name }) => schemes.includes(name))
        .flatMap(({ priorities }) => priorities.map(({ name }) => name));
      const suggestion =
        unknownIn.length < schemes.length ? "say for which 'scheme' the rule is" : didYouMeanOneOf(word, known);
      found.push(
        finding(
          'error',
          'unknown_priority',
          `'${word}' is no priority of scheme '${unknownIn[0] ?? ''}'`,
          place,
          suggestion,
        ),
      );
    }
    const clash = contradiction(rule.when);
    if (clash !== null) {
      found.push(
        finding(
          'warning',
          'rule_never_matches',
          `rule '${rule.id}' wants two different values of ${clash} at once`,
          [...path, 'when'],
          'list the values together, or drop one',
        ),
      );
    }
    const earlier = list.slice(0, index).find(
      (before) =>
        // A rule that only excludes lets the reading go on for a priority.
        (before.priority !== undefined || rule.priority === undefined) &&
        (before.scheme === undefined || before.scheme === rule.scheme) &&
        conditionCovers(before.when, rule.when),
    );
    if (earlier !== undefined) {
      found.push(
        finding(
          'warning',
          'unreachable_rule',
          `rule '${rule.id}' is never reached: '${earlier.id}' matches wherever it does`,
          path,
          `move it before '${earlier.id}', or delete it`,
        ),
      );
    }
    return found;
  });
}

function defaults({ document, schemes }: LintContext): Finding[] {
  const written = document.classification.default;
  return document.schemes.flatMap(({ name, priorities }): Finding[] => {
    const text = typeof written === 'string' ? written : written[name];
    const path = ['classification', 'default'];
    if (text === undefined)
      return [
        finding('error', 'missing_default', `scheme '${name}' has no default priority`, path, `add '${name}: …'`),
      ];
    if (schemes.find(text, name) !== null) return [];
    const suggestion = didYouMeanOneOf(
      text,
      priorities.map((priority) => priority.name),
    );
    return [
      finding(
        'error',
        'unknown_priority',
        `'${text}' is no priority of scheme '${name}'`,
        typeof written === 'string' ? path : [...path, name],
        suggestion,
      ),
    ];
  });
}

function chosenIn(condition: FactCondition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(chosenIn);
  if ('any' in condition) return condition.any.flatMap(chosenIn);
  if ('not' in condition) return chosenIn(condition.not);
  return 'chosen' in condition ? condition.chosen : [];
}
