/** Why a service is not ready: which check, and what it found. */
export interface NotReady {
  readonly name: string;
  readonly reason: string;
}

/** Answers null when all is well, or the reason why not. A rejection counts as a reason. */
export type ReadinessCheck = () => string | null | Promise<string | null>;

/** The longest a readiness check may take, ms. */
const CHECK_LIMIT_MS = 2_000;

/** Readiness of one service: pluggable checks, and "not ready" from the moment it begins to stop. */
export class Health {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly remarks = new Map<string, () => string | null>();
  private stopping = false;

  /** Adds a check, or replaces the one of that name. */
  addCheck(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Adds something worth knowing that is no reason to send traffic elsewhere; null while there is nothing to say. */
  addRemark(name: string, remark: () => string | null): void {
    this.remarks.set(name, remark);
  }

  /** What there is to say now. */
  said(): readonly NotReady[] {
    return [...this.remarks].flatMap(([name, remark]) => {
      const reason = remark();
      return reason === null ? [] : [{ name, reason }];
    });
  }

  /** From now on not ready, so that nobody sends more while what is in hand is finished. */
  beginShutdown(): void {
    this.stopping = true;
  }

  /** Every reason not to send traffic here; empty means ready. */
  async reasons(): Promise<readonly NotReady[]> {
    if (this.stopping) return [{ name: 'shutdown', reason: 'the service is stopping' }];
    const found = await Promise.all(
      [...this.checks].map(async ([name, check]) => ({ name, reason: await withinLimit(check) })),
    );
    return found.flatMap(({ name, reason }) => (reason === null ? [] : [{ name, reason }]));
  }
}

async function withinLimit(check: ReadinessCheck): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_LIMIT_MS} ms`), CHECK_LIMIT_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch {
    // The error may name hosts or users; the log has it, the probe's answer must not.
    return 'the check failed';
  } finally {
    clearTimeout(timer);
  }
}
