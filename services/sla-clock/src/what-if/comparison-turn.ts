import { ProblemError } from '@punctual/service-kit';

/** One comparison at a time, whatever kind: it shares the process with the fold. */
export class ComparisonTurn {
  private busy = false;

  /** @throws ProblemError `what_if_busy` (503) while another comparison is under way */
  async take<Result>(compare: () => Promise<Result>): Promise<Result> {
    if (this.busy) throw isBusy();
    this.busy = true;
    try {
      return await compare();
    } finally {
      this.busy = false;
    }
  }
}

function isBusy(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'what_if_busy',
    title: 'This instance compares already',
    detail: 'One comparison at a time; send the same again after the seconds in Retry-After.',
    headers: { 'retry-after': '5' },
  });
}
