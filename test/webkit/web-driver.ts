// WebKitGTK's MiniBrowser over plain W3C WebDriver, with a screen and a bus of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { vi } from 'vitest';

const PATIENCE_MS = 60_000;
/** It runs until standard input ends, and everything that it starts ends with it. */
const DRIVER = 'WebKitWebDriver --port="$0" & read -r _; kill $!; wait';

/** The first command that would be needed and isn't there. */
export const missingCommand = ['WebKitWebDriver', 'xvfb-run', 'xauth', 'dbus-run-session'].find(
  (command) =>
    !process.env.PATH!.split(path.delimiter).some((folder) => existsSync(path.join(folder, command))),
);

export class WebDriver {
  #url = '';
  /** Waits until all that was started has ended. */
  stop = async (): Promise<void> => {};

  /** Downloads go into `home`. Throws when no browser can be started; `stop` ends it all the same. */
  async start(home: string): Promise<void> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const args = ['-a', 'dbus-run-session', '--', 'sh', '-c', DRIVER, String(port)];
    const env = { PATH: process.env.PATH, HOME: home, LC_ALL: 'C.UTF-8' };
    const child = spawn('xvfb-run', args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
    const exited = once(child, 'exit');
    this.stop = async () => {
      child.stdin.end();
      await exited;
    };
    const sessions = `http://127.0.0.1:${port}/session`;
    await vi.waitFor(() => fetch(sessions), { timeout: PATIENCE_MS });
    // The driver itself waits for the elements that it looks for.
    const capabilities = { alwaysMatch: { timeouts: { implicit: PATIENCE_MS } } };
    const { sessionId } = await post<{ sessionId: string }>(sessions, { capabilities });
    this.#url = `${sessions}/${sessionId}`;
  }

  open = (url: string) => post<null>(`${this.#url}/url`, { url });
  click = async (xpath: string) => post<null>(`${await this.find(xpath)}/click`, {});
  /** Types into a field, or gives a file input a path. */
  type = async (xpath: string, text: string) => post<null>(`${await this.find(xpath)}/value`, { text });
  evaluate = <T>(expression: string) =>
    post<T>(`${this.#url}/execute/sync`, { script: `return ${expression}`, args: [] });

  /** The URL of the element, once it is there; fails with what the page shows instead. */
  async find(xpath: string): Promise<string> {
    try {
      const found = await post<object>(`${this.#url}/element`, { using: 'xpath', value: xpath });
      return `${this.#url}/element/${Object.values(found)[0]}`;
    } catch (cause) {
      throw new Error(`no ${xpath} in:\n${await this.evaluate('document.body.innerText')}`, { cause });
    }
  }
}

async function post<T>(url: string, body: object): Promise<T> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: T };
  if (!answer.ok) throw new Error(`${url}: ${JSON.stringify(value)}`);
  return value;
}
