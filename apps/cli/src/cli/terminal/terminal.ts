// The one file that prints and asks.
//
// The terminal's voice: what was asked for (content, JSON lines) goes to standard output, everything else to standard
// error. A line is a whole sentence that says what is, or `Label: value` where a script or an eye looks for it. An
// error is one sentence, and the next line says what to do. Nothing shouts, apologizes or thanks. Names that others chose
// come in already escaped, on one line (wording/show-text.ts); whatever comes in, nothing goes out from here that a
// terminal obeys, but for what is painted here and a message into a pipe. Only a terminal gets a line that changes in place.
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { jsonLine, shown, shownMessage } from '../../wording/show-text.ts';
import { pressedKey } from './pressed-key.ts';
import { wrapLines } from './wrap-lines.ts';

export interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** What a Tab completes: candidates, and the part of the line that they replace. */
type Completer = (line: string) => [string[], string];

export interface AskOptions {
  completer?: Completer;
  /** Stands in the line from the beginning, to be changed. */
  initial?: string;
  /** Aborting ends the question. */
  signal: AbortSignal;
}

const CLEAR_LINE = '\r\u001b[K';

export class Terminal {
  readonly #streams: Streams;
  readonly #interrupt: () => void;
  readonly #hangUp: () => void;
  #status = '';
  /** Questions that are open. */
  #asking = 0;
  /** The line on which an answer is typed. */
  #lines: Interface | null = null;
  /** The question that stands in place of the status line; '' for none. */
  #question = '';

  /**
   * @param interrupt what Ctrl-C does; a question takes the key from the process
   * @param hangUp what is done when the terminal turns out to be closed
   */
  constructor(streams: Streams, interrupt: () => void, hangUp: () => void = () => {}) {
    this.#streams = streams;
    this.#interrupt = interrupt;
    this.#hangUp = hangUp;
  }

  /** For one of several things that run side by side: each line begins with `label`, and nobody is asked. */
  labelled(label: string): Terminal {
    return new LabelledTerminal(this.#streams, this.#interrupt, label);
  }

  /** Whether a person can be asked. */
  get isInteractive(): boolean {
    const { stdin, stderr } = this.#streams;
    // Standard input may have been read to its end as a message.
    return stdin.isTTY === true && !stdin.destroyed && stderr.isTTY === true;
  }

  /** Whether a question is open. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  /** Whether standard error can hold a line that changes. */
  get hasStatusLine(): boolean {
    return this.#streams.stderr.isTTY === true && process.env.TERM !== 'dumb';
  }

  /** Whether standard error is a terminal, on which a picture can be seen. */
  get hasScreen(): boolean {
    return this.#streams.stderr.isTTY === true;
  }

  /** Whether pictures may have colours: on a terminal, unless NO_COLOR says otherwise (https://no-color.org). */
  get hasColors(): boolean {
    return this.hasStatusLine && (process.env.NO_COLOR ?? '') === '';
  }

  /** Whether standard output is a terminal, on which a picture can be seen. */
  get hasOutputScreen(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  get columns(): number {
    // A terminal that nobody has told its size says 0.
    return this.#streams.stderr.columns || 80;
  }

  /** One or more lines on standard error, above the status line. */
  say(text: string): void {
    this.#say(this.#wrapped(shownMessage(text)));
  }

  /** The same for a command to copy, which no line end may cut in two. */
  sayWhole(text: string): void {
    this.#say(shownMessage(text));
  }

  /**
   * Asks the terminal to put our own code on its clipboard (OSC 52), which works by way of ssh, too. What it carries is Base64, of which
   * a terminal obeys nothing.
   */
  copy(code: string): void {
    if (!this.hasScreen) {
      this.say('There is no terminal whose clipboard could take the code.');
      return;
    }
    this.#streams.stderr.write(`\u001b]52;c;${Buffer.from(code).toString('base64')}\u0007`);
    this.say('The terminal was asked to copy the code; some do so only when their settings allow it.');
  }

  /** The same for a picture of ours, which may have colours. */
  sayPainted(picture: string): void {
    this.#say(picture);
  }

  /** Shows a line in place of the last one; '' removes it. Only where there is a status line. */
  status(line: string): void {
    if (line === this.#status) return;
    this.#status = shown(line);
    if (this.#question !== '') return;
    this.#streams.stderr.write(`${CLEAR_LINE}${this.#status}`);
  }

  /** Lines on standard output. */
  output(text: string): void {
    this.#output(this.#wrapped(shownMessage(text), this.#streams.stdout));
  }

  /** The same with pictures of ours in it, which may have colours. */
  outputPainted(text: string): void {
    this.#output(this.#wrapped(text, this.#streams.stdout));
  }

  /** One JSON object on a line of standard output. */
  outputJson(value: object): void {
    this.#output(`${jsonLine(value)}\n`);
  }

  /** A message on standard output: its own bytes into a pipe or file, on a terminal escaped and with its line ended. */
  message(text: string): void {
    const message = this.#streams.stdout.isTTY ? shownMessage(text).replace(/(?<!\n)$/, '\n') : text;
    this.#output(message);
  }

  /** Where the terminal has a width. Lines for a log stay whole. */
  #wrapped(text: string, { isTTY, columns } = this.#streams.stderr): string {
    return isTTY && columns ? wrapLines(text, columns) : text;
  }

  #say(text: string): void {
    const status = this.#question || this.#status;
    const hasLine = status !== '' || this.#lines !== null;
    this.#streams.stderr.write(`${hasLine ? CLEAR_LINE : ''}${text}\n${status}`);
    // The question, with what is typed of its answer.
    this.#lines?.prompt(true);
  }

  #output(text: string): void {
    const status = this.#status;
    this.status('');
    this.#streams.stdout.write(text);
    this.status(status);
  }

  /** The same for what nobody may look at: what is typed isn't shown. */
  async askSecret(question: string, { signal }: AskOptions): Promise<string | null> {
    const { stderr } = this.#streams;
    // First the terminal stops echoing: a person may type as soon as the question is there.
    const answering = this.#ask('', { signal, output: new Unseen() });
    stderr.write(this.#wrapped(shownMessage(question)));
    const answer = await answering;
    stderr.write('\n');
    return answer;
  }

  /**
   * The key of `keys` that is pressed, the first one for Enter; null when the input ended or the question was aborted. What is told
   * meanwhile stands above the question. Not while another question is open.
   */
  async askKey(question: string, keys: readonly string[], { signal }: AskOptions): Promise<string | null> {
    const { stdin, stderr } = this.#streams;
    if (signal.aborted) return null;
    this.#asking += 1;
    const lines = this.#wrapped(shown(question)).split('\n');
    for (const line of lines.slice(0, -1)) this.#say(line);
    this.#question = lines.at(-1)!;
    stderr.write(`${CLEAR_LINE}${this.#question}`);
    const answer = await pressedKey(stdin, keys, signal, () => this.#interrupt());
    this.#asking -= 1;
    this.#question = '';
    stderr.write(`${answer ?? ''}\n${this.#status}`);
    return answer;
  }

  /** The answer, without blanks around it; null when the input ended or the question was aborted. */
  ask(question: string, options: AskOptions): Promise<string | null> {
    return this.#ask(question, { ...options, output: this.#streams.stderr });
  }

  #ask(
    question: string,
    { completer, initial, signal, output }: AskOptions & { output: NodeJS.WritableStream },
  ): Promise<string | null> {
    if (signal.aborted) return Promise.resolve(null);
    const { stdin: input } = this.#streams;
    this.#asking += 1;
    return new Promise<string | null>((resolve) => {
      const lines = createInterface({ input, output, terminal: true, ...(completer && { completer }) });
      if (output === this.#streams.stderr) this.#lines = lines;
      let isClosing = false;
      // To close lines of a terminal that is gone is an error of its own, which asks for the same again.
      const close = () => {
        if (isClosing) return;
        isClosing = true;
        this.#lines = null;
        lines.close();
      };
      // Ctrl-D is a key; an end of a terminal means that it was closed.
      const end = () => {
        if (input.isTTY) this.#hangUp();
        close();
      };
      lines.on('error', end);
      // Before that of readline, which closes the lines.
      input.prependListener('end', end);
      signal.addEventListener('abort', close, { once: true });
      lines.on('SIGINT', () => {
        output.write('\n');
        this.#interrupt();
      });
      lines.on('close', () => {
        this.#lines = null;
        input.off('end', end);
        signal.removeEventListener('abort', close);
        resolve(null);
      });
      lines.question(this.#wrapped(shownMessage(question)), (answer) => {
        resolve(answer.trim());
        close();
      });
      if (initial) lines.write(initial.replace(/\p{Cc}+/gu, ' '));
    }).finally(() => {
      this.#asking -= 1;
    });
  }
}

/** Where the letters of a secret go: readline shows what is typed there. */
class Unseen extends Writable {
  override _write(_piece: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

class LabelledTerminal extends Terminal {
  readonly #label: string;

  constructor(streams: Streams, interrupt: () => void, label: string) {
    super(streams, interrupt);
    this.#label = label;
  }

  override get isInteractive(): boolean {
    return false;
  }

  override get hasStatusLine(): boolean {
    return false;
  }

  override say(text: string): void {
    super.say(text.replaceAll(/^/gm, `${this.#label} `));
  }
}
