// The libraries that services are made of: some 2,400 files of other people's, bundled once into a few, which all services share. They are
// bundled again when others are installed (docs/adr/0020).
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './compile.mjs';

/** What is bundled, by the name it is imported under. Left out is what is small, or loaded by few. */
export const libraries = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  'date-holidays',
  'ical.js',
  'pg',
  'prom-client',
  'reflect-metadata',
  'rxjs',
  'typeorm',
  'yaml',
  'zod',
];

/** Those of them that Node loads as CommonJS and finds the named exports of: a bundle of such a module has none by itself. */
export const commonJs = ['prom-client', 'rxjs', 'yaml'];

/**
 * What stays as it is installed, also where a bundled library uses it: kafkajs is put right file by file (docs/adr/0005), and pino starts threads
 * from files of its own. The others are used by pino and by fastify.
 */
export const unbundled = ['kafkajs', 'pino', 'process-warning', 'safe-stable-stringify'];

/** Tells apart what the bundled libraries are made from: what is installed, and how it is bundled. */
export function librariesKey() {
  const hash = createHash('sha256');
  const installed = join(workspaceRoot, 'node_modules/.package-lock.json');
  const how = ['libraries.mjs', 'make-bundles.mjs', 'one-byte-each.mjs'].map((name) => join(import.meta.dirname, name));
  for (const file of [installed, ...how]) hash.update(existsSync(file) ? readFileSync(file) : '');
  return hash.digest('hex').slice(0, 16);
}

/** Where the libraries of a key lie. */
export function librariesFolder(key) {
  return join(workspaceRoot, 'dist/libraries', key);
}

/** How the file of a bundled library is called in there. */
export function libraryFile(name) {
  return `${name.replace('@', '').replaceAll(/[/.]/g, '-')}.js`;
}
