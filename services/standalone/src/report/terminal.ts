import picocolors from 'picocolors';

/** What the start prints to: standard output, coloured and with a progress bar on a terminal only. */
export class Terminal {
  readonly isTty = process.stdout.isTTY === true;
  readonly colour = picocolors.createColors(this.isTty && picocolors.isColorSupported);
  #bar = '';
  #lastShare = -1;

  line(text = ''): void {
    this.clearBar();
    process.stdout.write(`${text}\n`);
    if (this.#bar !== '') process.stdout.write(this.#bar);
  }

  warning(text: string): void {
    this.line(this.colour.yellow(text));
  }

  /** One bar that is drawn over on a terminal; elsewhere a line at each quarter. */
  progress(what: string, done: number, total: number): void {
    const share = total === 0 ? 1 : done / total;
    if (this.isTty) {
      const filled = Math.round(share * 30);
      this.clearBar();
      this.#bar =
        done >= total
          ? ''
          : `  ${what}  ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
      process.stdout.write(this.#bar);
      return;
    }
    const quarter = Math.floor(share * 4);
    if (quarter === this.#lastShare) return;
    this.#lastShare = quarter;
    this.line(`  ${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
  }

  private clearBar(): void {
    if (this.#bar !== '') process.stdout.write('\r\u001b[2K');
  }
}
