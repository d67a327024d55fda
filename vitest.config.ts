import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

// swc, not esbuild: NestJS and TypeORM read decorator metadata. The condition makes packages resolve to their sources.
export default defineConfig({
  plugins: [
    swc.vite({
      swcrc: false,
      tsconfigFile: false,
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
    }),
  ],
  resolve: { conditions: ['punctual-source'] },
  ssr: { resolve: { conditions: ['punctual-source'] } },
  // Where vitest runs the global setup.
  environments: { __vitest__: { resolve: { conditions: ['punctual-source'] } } },
  test: {
    include: ['{libs,services,test,deploy}/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['libs/test-kit/src/vitest-global-setup.ts'],
    // One fewer than the cores by default: on two cores no two files would run side by side, and most wait for databases, brokers and time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // CI reads the count of tests from the report.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: '.nx/test-report.json' }]] : ['default'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
