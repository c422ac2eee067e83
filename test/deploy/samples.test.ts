// The samples for operators in deploy/: what they name is what the relay has.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REFUSAL_REASONS } from '../../apps/relay/src/endings/refusal.ts';
import { environmentNameOf, RELAY_SETTINGS } from '../../apps/relay/src/settings/index.ts';
import { metricNames } from '../../apps/relay/test/metrics/scrape.ts';
import { relayWith } from '../../apps/relay/test/running-relays.ts';

const FOLDER = join(import.meta.dirname, '../../deploy');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const hasProgram = (name: string) => spawnSync(name, ['--version']).status === 0;

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string };
}
const rules: Rule[] = parse(read('alerts.yml')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
const dashboard: { panels: { targets?: { expr: string }[] }[] } = JSON.parse(read('grafana-dashboard.json'));
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

describe('alert rules and dashboard', () => {
  it.each([
    ['alerts.yml', rules.map(({ expr }) => expr), 10],
    ['grafana-dashboard.json', queries, 20],
  ])('of %s ask only for metrics that a relay has', async (_name, expressions, least) => {
    const relay = await relayWith({ publicMetrics: true });
    const has = new Set(metricNames(await (await fetch(`${relay.url}/metrics`)).text()));
    const asked = expressions.flatMap(
      (expression) => expression.match(/\b(p2p_copy|process|nodejs)_\w+/g) ?? [],
    );
    expect(asked.length).toBeGreaterThanOrEqual(least - 1);
    const missing = asked.filter(
      (name) => !has.has(name) && !has.has(name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(missing).toEqual([]);
  });

  it('show each metric of the relay’s own: none is kept that no dashboard looks at', async () => {
    const relay = await relayWith({ publicMetrics: true });
    const own = metricNames(await (await fetch(`${relay.url}/metrics`)).text()).filter((name) =>
      name.startsWith('p2p_copy_'),
    );
    expect(own).toContain('p2p_copy_relay_room_places');
    const shown = queries.join('\n');
    expect(own.filter((name) => !new RegExp(`\\b${name}(_bucket)?\\{`).test(shown))).toEqual([]);
  });

  it('name only reasons that there are', () => {
    const patterns = rules.flatMap(({ expr }) => [...expr.matchAll(/reason=(~?)"([^"]+)"/g)]);
    expect(patterns.length).toBeGreaterThan(2);
    for (const [, isPattern, text] of patterns) {
      const alternatives = isPattern === '' ? [text!] : text!.split('|').reduce<string[]>(joined, []);
      for (const alternative of alternatives) {
        const matching = REFUSAL_REASONS.filter((reason) => new RegExp(`^(${alternative})$`).test(reason));
        expect([alternative, matching.length > 0]).toEqual([alternative, true]);
      }
    }
  });

  it.skipIf(!hasProgram('promtool'))(
    'are taken by promtool (skipped where Prometheus isn’t installed)',
    () => {
      for (const [check, file] of [
        ['rules', 'alerts.yml'],
        ['config', 'prometheus.yml'],
      ] as const) {
        const { status, stdout, stderr } = spawnSync('promtool', ['check', check, join(FOLDER, file)], {
          encoding: 'utf8',
        });
        expect([status, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining('SUCCESS')]);
      }
    },
  );
});

describe('settings in samples', () => {
  const known = new Set([
    ...Object.entries(RELAY_SETTINGS).map(([name, row]) => environmentNameOf(name, row)),
    'P2P_COPY_RELAY_CONFIG',
  ]);

  it.each(readdirSync(FOLDER))('%s sets only variables that the relay reads', (name) => {
    const named = read(name).match(/\bP2P_COPY_RELAY_[A-Z_]+/g) ?? [];
    expect(named.filter((variable) => !known.has(variable))).toEqual([]);
  });

  it('the compose file builds the container file, gives its descriptors, and outlasts the drain timeout', () => {
    const { relay } = parse(read('compose.yml')).services;
    expect(relay.build).toEqual({ context: '..', dockerfile: 'deploy/Containerfile' });
    expect(relay.ulimits.nofile).toBeGreaterThanOrEqual(
      RELAY_SETTINGS.maxConnections.default + 2 * RELAY_SETTINGS.maxPageConnections.default,
    );
    expect(Number.parseInt(relay.stop_grace_period, 10) * 1_000).toBeGreaterThan(
      RELAY_SETTINGS.drainTimeoutMs.default,
    );
  });

  it('the container has no root, a health check, and the relay as its one process', () => {
    const text = read('Containerfile');
    const final = text.slice(text.lastIndexOf('\nFROM '));
    expect(/^USER (\d+):\d+$/m.exec(final)?.[1]).toMatch(/^[1-9]/);
    expect(final).toMatch(/^HEALTHCHECK .*\\\n +CMD \["p2p-copy", "relay", "status", "--check"\]$/m);
    expect(final).toMatch(/^ENTRYPOINT \["p2p-copy", "relay"\]$/m);
  });
});

describe.skipIf(!hasProgram('systemd-analyze'))(
  'the systemd unit (skipped where systemd isn’t installed)',
  () => {
    it('is understood, with its socket', () => {
      const units = ['p2p-copy-relay.service', 'p2p-copy-relay.socket'].map((name) => join(FOLDER, name));
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' });
      const said = stderr.split('\n').filter((line) => line.includes('p2p-copy'));
      expect([status, said]).toEqual([0, []]);
    });

    it('is exposed to no more than 1.5 of 10', () => {
      const unit = join(FOLDER, 'p2p-copy-relay.service');
      const { status, stdout } = spawnSync(
        'systemd-analyze',
        ['security', '--offline=true', '--threshold=15', '--no-pager', unit],
        { encoding: 'utf8' },
      );
      expect([status, /Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1]]).toEqual([
        0,
        expect.any(String),
      ]);
    });
  },
);

/** `(a|b)c|d` was split at each `|`: pieces with an open bracket belong together. */
function joined(pieces: string[], piece: string): string[] {
  const last = pieces.at(-1);
  if (last === undefined || last.split('(').length === last.split(')').length) return [...pieces, piece];
  return [...pieces.slice(0, -1), `${last}|${piece}`];
}
