// The projects of `vitest`: `unit` answers while one works (`npm run test:unit`); the others take real processes,
// sockets and disks (`system`), make them fail (`faults`), or feed every parser (`fuzz`).
import { defineConfig } from 'vitest/config';
import { type Project, sortTests } from './test/projects/sort-tests.ts';
import './test/projects/without-proxies.ts';

const files = sortTests(import.meta.dirname);

/** A test that takes longer hangs. Generous: the machine may do much else. */
const TIMEOUT_MS: Record<Project, number> = {
  unit: 60_000,
  system: 180_000,
  faults: 180_000,
  fuzz: 120_000,
};

/** Real processes on a machine that does much else. What passes at the second attempt only is named at the end: look why. */
const RETRIES: Record<Project, number> = { unit: 0, system: 1, faults: 1, fuzz: 0 };

const project = (name: Project, setupFiles: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include: files[name],
    setupFiles: ['test/projects/equal-bytes.ts', ...setupFiles],
    testTimeout: TIMEOUT_MS[name],
    hookTimeout: TIMEOUT_MS[name],
    retry: RETRIES[name],
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', ['test/projects/unit-set-up.ts']),
      project('system'),
      project('faults'),
      project('fuzz'),
    ],
  },
});
