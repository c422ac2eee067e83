// `npm test`: all tests from a fresh clone, or only those of `--unit`, `--system`, `--faults`, `--fuzz` (vitest's
// projects) and `--e2e` (the browsers); other arguments go to the runner.
// Ends with one line for both runners: `N passed, N failed, N skipped`. Before it stand the tests of `vitest` that failed, or
// passed at the second attempt only, which the browsers' output hides; the list of those is above it.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installBrowsers } from './install-browsers.mjs';
import { installServers } from './install-servers.mjs';
import { buildApps, withPrepared } from './prepare.mjs';
import { nodeCommand, ROOT, runAttached, StepFailed } from './run-step.mjs';

const VITEST_PROJECTS = ['unit', 'system', 'faults', 'fuzz'];
const FLAGS = [...VITEST_PROJECTS, 'e2e'].map((name) => `--${name}`);

const flags = process.argv.slice(2).filter((arg) => FLAGS.includes(arg));
const runnerArgs = process.argv.slice(2).filter((arg) => !FLAGS.includes(arg));
const runs = (name) => flags.length === 0 || flags.includes(`--${name}`);

await withPrepared(async () => {
  const ofVitest = VITEST_PROJECTS.filter(runs);
  const browsers = runs('e2e') ? await availableBrowsers() : [];
  if (runs('system') || runs('e2e')) await installServers();
  // Unit tests need no build.
  if (runs('e2e') || ofVitest.some((name) => name !== 'unit')) await buildApps();
  const reports = mkdtempSync(path.join(tmpdir(), 'p2p-copy-test-'));
  process.on('exit', () => rmSync(reports, { recursive: true, force: true }));
  const counts = [];
  if (ofVitest.length > 0) counts.push(await runVitest(path.join(reports, 'vitest.json'), ofVitest));
  if (runs('e2e')) counts.push(await runBrowserTests(path.join(reports, 'e2e.json'), browsers));
  summarize(counts);
});

async function runVitest(report, projects) {
  const exitCode = await runAttached(
    nodeCommand(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...projects.map((name) => `--project=${name}`),
      ...runnerArgs,
    ),
  );
  return countsOf(exitCode, report, (result) => ({
    passed: result.numPassedTests,
    failed: result.numFailedTests,
    skipped: result.numPendingTests + result.numTodoTests,
    notes: result.testResults.flatMap(notesOf),
  }));
}

/** The tests of a file that failed at least once, and the file where it failed itself, each with why in one line. */
function notesOf({ name, status, message, assertionResults }) {
  const file = path.relative(ROOT, name);
  const failed = assertionResults.filter(({ failureMessages }) => failureMessages.length > 0);
  if (status === 'failed' && failed.length === 0) return [`failed: ${file}: ${firstLine(message)}`];
  return failed.map(({ status, fullName, failureMessages: [why] }) => {
    const outcome = status === 'passed' ? 'flaky' : 'failed';
    return `${outcome}: ${file} > ${fullName}: ${firstLine(why)}`;
  });
}

function firstLine(text) {
  return text.split('\n', 1)[0];
}

/** Chromium must be there; where Firefox can't be had, its tests are left out, and that is said. */
async function availableBrowsers() {
  await installBrowsers(['chromium']);
  try {
    await installBrowsers(['firefox-esr']);
    return [];
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.stderr.write('The tests in Firefox are left out.\n');
    return ['--project=chromium'];
  }
}

async function runBrowserTests(report, browsers) {
  const exitCode = await runAttached(
    nodeCommand('node_modules/playwright/cli.js', 'test', '--reporter=list,json', ...browsers, ...runnerArgs),
    { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report } },
  );
  // A flaky test passed in the end; the list above names it.
  return countsOf(exitCode, report, ({ stats }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }));
}

/** A runner that ended badly without a failed test (a crash, a file that doesn't load) counts as one failure. */
function countsOf(exitCode, report, read) {
  const counts = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  if (counts.failed === 0 && (exitCode !== 0 || !existsSync(report))) counts.failed = 1;
  return counts;
}

function summarize(counts) {
  const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
  for (const note of counts.flatMap(({ notes = [] }) => notes)) process.stdout.write(`\n${note}`);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
  if (sum('failed') > 0 || sum('passed') === 0) process.exitCode = 1;
}
