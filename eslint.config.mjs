import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** What each library and service may import of ours; the table in docs/architecture.md says why. */
const edges = {
  'lib:contracts': [],
  'lib:working-time': [],
  'lib:policy': ['lib:contracts', 'lib:working-time'],
  'lib:sla-engine': ['lib:contracts', 'lib:working-time', 'lib:policy'],
  'lib:classification': ['lib:contracts', 'lib:policy'],
  'lib:mapping': ['lib:contracts'],
  'lib:stream': ['lib:contracts'],
  'lib:service-kit': ['lib:contracts'],
  'lib:local-kafka': [],
  'lib:test-kit': ['type:lib'],
  'service:intake': ['type:lib'],
  'service:classifier': ['type:lib'],
  'service:sla-clock': ['type:lib'],
  'service:cli': ['type:lib'],
  'test:system': ['type:lib', 'type:service'],
  'service:standalone': ['type:lib', 'service:intake', 'service:classifier', 'service:sla-clock'],
};

/** The rule that holds the edges; `also` are packages that may be imported besides. */
function boundaries(also) {
  return [
    'error',
    {
      enforceBuildableLibDependency: false,
      allow: [],
      depConstraints: Object.entries(edges).map(([sourceTag, own]) => ({
        sourceTag,
        onlyDependOnLibsWithTags: [...own, ...also],
      })),
    },
  ];
}

/** Libraries that touch neither a clock, nor a network, nor a disk: time and data come in as arguments. */
const pure = ['contracts', 'working-time', 'sla-engine', 'classification', 'mapping'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.punctual/**', '.punctual-kafka/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parser: tseslint.parser },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-console': 'error',
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.spec-kit.ts', '**/*.contract.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(['lib:test-kit']) },
  },
  {
    // Nest reads constructor parameter types at run time, so a class used only as a type there must stay a value import.
    files: ['services/{intake,classifier,sla-clock,standalone}/**/*.ts', 'libs/{stream,service-kit,test-kit}/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: pure.map((name) => `libs/${name}/src/**/*.ts`),
    ignores: ['**/*.spec.ts', '**/*.spec-kit.ts'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'process'],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Time is a parameter here.' }],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is a parameter here.' },
      ],
    },
  },
  { files: ['services/cli/**/*.ts', 'services/standalone/**/*.ts', '**/*.mjs'], rules: { 'no-console': 'off' } },
  prettier,
);
