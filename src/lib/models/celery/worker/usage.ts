// What the command line says to words that it does not understand.

/** What click prints for a command it does not understand; the exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError';
  readonly usage: string;
  constructor(usage: string, message: string) {
    super(message);
    this.usage = usage;
  }

  /** The whole text, ending in a newline. */
  get text(): string {
    const command = /^celery [a-z]+/.exec(this.usage)?.[0] ?? 'celery';
    return `Usage: ${this.usage}\nTry '${command} --help' for help.\n\nError: ${this.message}\n`;
  }
}
