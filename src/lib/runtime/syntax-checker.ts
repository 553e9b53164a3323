// The page's side of the interpreter that checks what is typed. It may die of what it is asked, or
// never answer: then it is replaced by the next question.

import type { Finding } from '#lib/protocol/errors.ts';

interface CheckQuestion {
  file: string;
  source: string;
}

type CheckAnswer = { found: readonly Finding[] } | { broken: string };

/** The checker's end: python-scope.ts answers every question, in order. */
export interface CheckPort {
  postMessage(answer: CheckAnswer): void;
  onmessage: ((event: { data: CheckQuestion }) => void) | null;
}

/** Real time for one answer, an interpreter's start included: beyond it the compiler counts as hung. */
const ANSWER_MS = 20_000;

export class SyntaxChecker {
  readonly #open: (port: MessagePort | null) => void;
  #port: MessagePort | null = null;
  /** Questions are asked one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  /** Ends the wait for the answer under way. */
  #giveUp: () => void = () => undefined;
  #isClosed = false;

  /** @param open starts a checker at a port's other end, in place of the last; null only ends that */
  constructor(open: (port: MessagePort | null) => void) {
    this.#open = open;
  }

  /** @returns what is wrong; nothing where the compiler did not live to tell */
  check(file: string, source: string): Promise<readonly Finding[]> {
    const answer = this.#last.then(() => (this.#isClosed ? [] : this.#ask({ file, source })));
    this.#last = answer;
    return answer;
  }

  close(): void {
    this.#isClosed = true;
    this.#giveUp();
  }

  async #ask(question: CheckQuestion): Promise<readonly Finding[]> {
    const port = (this.#port ??= this.#start());
    const answer = await new Promise<CheckAnswer>((resolve) => {
      const timer = setTimeout(() => this.#giveUp(), ANSWER_MS);
      const settle = (given: CheckAnswer): void => {
        clearTimeout(timer);
        resolve(given);
      };
      this.#giveUp = () => settle({ broken: 'no answer' });
      port.onmessage = ({ data }: MessageEvent<CheckAnswer>) => settle(data);
      port.postMessage(question);
    });
    if ('found' in answer) return answer.found;
    port.close();
    this.#port = null;
    this.#open(null);
    return [];
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#open(port2);
    return port1;
  }
}
