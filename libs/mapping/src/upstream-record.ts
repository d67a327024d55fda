/** A record of somebody else's topic, as its bytes came. */
export interface UpstreamRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The record's own time, epoch ms: when it was produced, or when its broker took it. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  /** Null for a tombstone, which says nothing. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** Bytes as UTF-8 text; null where they are none. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
