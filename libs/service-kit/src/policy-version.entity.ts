import { EntitySchema } from 'typeorm';

/** What a new version does to tickets already open: theirs stays, from now on the new one, or the new one from the start. */
export type PolicyMode = 'pin' | 'from-now' | 'retroactive';

/** One publication of a policy, as the table holds it. Rows are only ever added. */
export interface PolicyVersionRow {
  /** The order of publication; PostgreSQL's bigint arrives as text. */
  readonly publication: string;
  readonly policy: string;
  readonly version: string;
  readonly document: unknown;
  readonly effectiveAt: Date;
  readonly mode: PolicyMode;
  readonly publishedAt: Date;
}

export const PolicyVersionEntity = new EntitySchema<PolicyVersionRow>({
  name: 'PolicyVersion',
  schema: 'config',
  tableName: 'policy_version',
  columns: {
    publication: { type: 'bigint', primary: true, generated: 'increment' },
    policy: { type: 'text' },
    version: { type: 'text' },
    // `json`, not `jsonb`: the order of keys is part of a policy document (most urgent first), and jsonb sorts them.
    document: { type: 'json' },
    effectiveAt: { type: 'timestamptz', precision: 3, name: 'effective_at' },
    mode: { type: 'text' },
    publishedAt: { type: 'timestamptz', precision: 3, name: 'published_at' },
  },
});
