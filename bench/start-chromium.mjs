// A Chromium as people have it, with a profile on disk: elsewhere it would keep its file storage in memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connectDevtools } from './devtools.mjs';
import { readProc } from './measured-process.mjs';

const POLL_MS = 100;
const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  // Two tabs stand for two devices: neither is in the background.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--no-first-run',
  '--lang=en-US',
  '--remote-debugging-port=0',
];

/** Starts the Chromium at `executable`, with its profile in `profile`. */
export async function startChromium(executable, profile) {
  const child = spawn(executable, [...ARGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const exit = once(child, 'exit');
  const devtools = await connectDevtools(await devtoolsUrl(child));

  /** Its processes, as `{ id, type, cpuTime }`: CPU seconds so far. */
  async function processes() {
    return (await devtools.send('SystemInfo.getProcessInfo')).processInfo;
  }

  return {
    devtools,
    /** CPU seconds so far of all its processes that run. */
    async cpuSeconds() {
      return (await processes()).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    /** Follows the memory of the processes that run the pages; `stop` gives the samples of each. */
    async watchPages() {
      const pages = (await processes()).filter(({ type }) => type === 'renderer');
      const samples = new Map(pages.map(({ id }) => [id, []]));
      const timer = setInterval(() => {
        for (const [id, rss] of samples) {
          const now = readProc(id);
          if (now !== null) rss.push(now.rssBytes);
        }
      }, POLL_MS);
      return {
        stop() {
          clearInterval(timer);
          return [...samples.values()];
        },
      };
    },
    async stop() {
      await devtools.send('Browser.close');
      const patience = setTimeout(kill, 10_000);
      await exit;
      clearTimeout(patience);
      process.off('exit', kill);
    },
  };
}

async function devtoolsUrl(child) {
  const said = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const [, url] = /^DevTools listening on (ws:\S+)$/.exec(line) ?? [];
    if (url !== undefined) {
      // Whatever else it says must not fill the pipe.
      child.stderr.resume();
      return url;
    }
  }
  throw new Error(`the browser does not start: ${said.slice(-20).join('\n')}`);
}
