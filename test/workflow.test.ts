// Holds the files that a host of repositories reads: they run what everybody runs, on each Node that is supported.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.join(import.meta.dirname, '..');
const FOLDER = '.github/workflows';

interface Step {
  uses?: string;
  run?: string;
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  jobs: Record<string, { steps: Step[]; strategy: { matrix: { node: number[] } } }>;
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

describe.each(readdirSync(path.join(ROOT, FOLDER)))('the workflow %s', (name) => {
  const { on, permissions, jobs } = parse(read(`${FOLDER}/${name}`)) as Workflow;

  it('runs .ci/run and nothing else beside checking out and setting up', () => {
    for (const { steps } of Object.values(jobs)) {
      expect(steps.filter(({ run }) => run !== undefined)).toEqual([{ run: '.ci/run' }]);
      const used = steps.filter(({ run }) => run === undefined).map(({ uses }) => uses);
      expect(used.filter((action) => !/^actions\/(checkout|setup-node)@/.test(action!))).toEqual([]);
      expect(steps.at(-1)).toEqual({ run: '.ci/run' });
    }
  });

  it('runs for every change on every major version of Node from the oldest that is supported', () => {
    expect(Object.keys(on)).toEqual(['push', 'pull_request']);
    const oldest = Number(/^\^(\d+)/.exec(JSON.parse(read('package.json')).engines.node)![1]);
    for (const { strategy } of Object.values(jobs)) {
      const { node } = strategy.matrix;
      expect(node[0]).toBe(oldest);
      expect(node).toEqual(node.map((_, i) => oldest + 2 * i));
    }
  });

  it('may only read', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });
});

it('.ci/run is the whole test', () => {
  expect(read('.ci/run')).toBe('#!/bin/sh\ncd "$(dirname "$0")/.." && exec npm test\n');
});

it.each([
  '.github/dependabot.yml',
  ...readdirSync(path.join(ROOT, '.github/ISSUE_TEMPLATE')).map((name) => `.github/ISSUE_TEMPLATE/${name}`),
])('%s can be parsed', (file) => {
  expect(Object.keys(parse(read(file))).length).toBeGreaterThan(0);
});
