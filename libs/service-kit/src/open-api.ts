import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** Named schemas, referred to as `#/components/schemas/<name>`. */
  readonly schemas?: Readonly<Record<string, z.ZodType>>;
}

/** What `@ApiBody({ schema })` and friends take. */
export type OpenApiSchema = Record<string, unknown>;

/** A zod schema as an OpenAPI 3.0 schema: of what callers send (`input`) or of what we answer (`output`). */
export function openApiSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): OpenApiSchema {
  return { ...z.toJSONSchema(schema, { target: 'openapi-3.0', io, unrepresentable: 'any' }) };
}

/** The application's OpenAPI document. */
export function openApiDocument(app: INestApplication, options: OpenApiOptions): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(options.title)
    .setDescription(options.description)
    .setVersion(options.version)
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, builder);
  const named = Object.entries(options.schemas ?? {}).map(([name, schema]) => [name, openApiSchema(schema)]);
  return {
    ...document,
    components: { ...document.components, schemas: { ...document.components?.schemas, ...Object.fromEntries(named) } },
  };
}
