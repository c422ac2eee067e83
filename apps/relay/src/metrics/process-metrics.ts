// The process's own figures, under the names that every Prometheus client uses. prom-client's own collection also lists
// each open socket for every scrape, which a relay with 20,000 of them can't afford.
import { Counter, Gauge, type Registry } from 'prom-client';
import { memoryOfProcess, openDescriptors } from './process-figures.ts';

/** @param maxDescriptors files that the process may have open; null where there is no limit */
export function addProcessMetrics(register: Registry, maxDescriptors: number | null): void {
  const registers = [register];
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970.',
    registers,
  }).set(Math.round(Date.now() / 1_000 - process.uptime()));
  // The last figure stays where the system can't be asked.
  const memoryGauge = (name: string, help: string, pick: (memory: NodeJS.MemoryUsage) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const memory = memoryOfProcess();
        if (memory !== null) this.set(pick(memory));
      },
    });
  memoryGauge('process_resident_memory_bytes', 'Memory of the process.', ({ rss }) => rss);
  memoryGauge('nodejs_heap_size_used_bytes', 'Memory of JavaScript objects.', ({ heapUsed }) => heapUsed);
  memoryGauge(
    'nodejs_external_memory_bytes',
    'Memory of buffers, dead ones included.',
    ({ external }) => external,
  );
  new Gauge({
    name: 'process_open_fds',
    help: 'Files open, sockets included.',
    registers,
    async collect() {
      const open = (await openDescriptors()) ?? maxDescriptors;
      if (open !== null) this.set(open);
    },
  });
  if (maxDescriptors === null) return;
  new Gauge({ name: 'process_max_fds', help: 'Files that may be open.', registers }).set(maxDescriptors);
}
