// Loaded into every measured process with NODE_OPTIONS=--import: writes what the process used when it exits.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.P2P_COPY_BENCH_USAGE;

if (isMainThread && folder !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRssBytes: peakRssBytes() };
    writeFileSync(`${folder}/${process.pid}.json`, JSON.stringify(usage));
  });
}

/** VmHWM where there is /proc: getrusage's maximum also counts the parent's memory from before exec. */
function peakRssBytes() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
