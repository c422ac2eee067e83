// A Node program as a process of its own, with its CPU time and peak memory. The process reports both at its exit
// (report-usage.mjs); /proc is read meanwhile, for the memory's course and for processes that are killed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HOOK = fileURLToPath(new URL('report-usage.mjs', import.meta.url));
const POLL_MS = 100;
const CLOCK_TICKS_PER_SECOND = 100;

/** Every process that is still running: ended by `killAll` when the benchmark is. */
const running = new Set();

export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Starts `node script args`. `usageFolder` takes the reports. With `rawStdout`, standard output is left to the caller
 * (`child.stdout`); otherwise it is read as one JSON object a line, to wait for with `event`. `within` goes before the
 * whole command line, such as the entry to a network namespace, and must keep the process id.
 */
export function startMeasured(script, args, usageFolder, { rawStdout = false, within = [] } = {}) {
  const [file, ...rest] = [...within, process.execPath, script, ...args];
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Debian puts `ip` where only root looks.
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      // Certificates of the machine's own cost each process 0.04 CPU s; nothing here needs any.
      NODE_EXTRA_CA_CERTS: undefined,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${HOOK}`,
      P2P_COPY_BENCH_USAGE: usageFolder,
    },
  });
  running.add(child);
  const events = [];
  const listeners = new Set();
  const stderr = [];
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  if (!rawStdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = parseLine(line);
      if (event === null) return;
      events.push({ ...event, atMs: performance.now() });
      for (const listener of listeners) listener();
    });
  }
  const rss = [];
  let polled = { cpuSeconds: 0, peakRssBytes: 0 };
  const timer = setInterval(() => {
    const now = readProc(child.pid);
    if (now === null) return;
    polled = now;
    rss.push({ atMs: performance.now(), rssBytes: now.rssBytes });
  }, POLL_MS);
  const exit = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(timer);
      running.delete(child);
      resolve({ code, signal, atMs: performance.now() });
      for (const listener of listeners) listener();
    });
  });
  const describe = () => `${script} ${args.join(' ')}\n${Buffer.concat(stderr).toString().slice(-2000)}`;

  return {
    child,
    exit,
    /** Memory in use over time. */
    rss,
    events,
    /** Whole command and the end of its standard error, for messages. */
    describe,
    /** The first event of that name; fails when the process ends without it. */
    event(name) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find((event) => event.event === name);
          if (found === undefined && running.has(child)) return;
          listeners.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`ended without the event '${name}': ${describe()}`));
        };
        listeners.add(look);
        look();
      });
    },
    /** Resolves with when it ended; fails unless it ended well. */
    async success() {
      const { code, signal, atMs } = await exit;
      if (code !== 0) throw new Error(`ended with ${signal ?? code}: ${describe()}`);
      return atMs;
    },
    /** What it used; final once `exit` has resolved. */
    usage() {
      try {
        return JSON.parse(readFileSync(`${usageFolder}/${child.pid}.json`, 'utf8'));
      } catch {
        return { cpuSeconds: polled.cpuSeconds, peakRssBytes: polled.peakRssBytes };
      }
    },
    /** Asks it to stop and waits until it has. */
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(patience);
    },
  };
}

function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What a process uses and has used. Linux only; null once the process is gone, and on other systems. */
export function readProc(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytesOf = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) * 1024;
    // utime and stime are fields 14 and 15; the second field, the command, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return {
      rssBytes: bytesOf('VmRSS'),
      peakRssBytes: bytesOf('VmHWM'),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND,
    };
  } catch {
    return null;
  }
}
