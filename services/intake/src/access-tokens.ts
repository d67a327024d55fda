import { createHash, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '@punctual/service-kit';

/** The bearer tokens that may write. Only their hashes are kept. */
export class AccessTokens {
  private readonly hashes: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.hashes = tokens.map(sha256);
  }

  /**
   * Passes if no token is configured, or if `authorization` carries one.
   * @throws ProblemError `unauthorized` (401)
   */
  check(authorization: string | undefined): void {
    if (this.hashes.length === 0) return;
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given !== undefined && this.knows(sha256(given))) return;
    throw new ProblemError({
      status: 401,
      code: 'unauthorized',
      title: 'A token is needed',
      detail: 'Send the header Authorization: Bearer <token> with one of the configured tokens.',
      headers: { 'www-authenticate': 'Bearer realm="punctual"' },
    });
  }

  /** Every hash is compared, each in constant time, so that the answer's delay tells nothing. */
  private knows(hash: Buffer): boolean {
    return this.hashes.map((known) => timingSafeEqual(known, hash)).includes(true);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
