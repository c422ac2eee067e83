import { expect, it } from 'vitest';
import { finished, run, startRelayProcess } from './cli-process.ts';

it('prints where it is, answers, and ends with 0 when told to stop', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const relay = run(['relay', '--host', '127.0.0.1', '--port', '0']);
    const [, url] = await relay.says(/^On this device: (http:\/\/127\.0\.0\.1:\d+)$/m);
    expect((await fetch(`${url}/healthz`)).ok).toBe(true);
    relay.kill(signal);
    expect(await relay.exitCode).toBe(0);
  }
});

it('names other addresses when it listens everywhere', async () => {
  const relay = run(['relay', '--port', '0']);
  const [, port] = await relay.says(/^On this device: http:\/\/127\.0\.0\.1:(\d+)$/m);
  for (const [, other] of relay.stdout.toString().matchAll(/^In this network: http:\/\/[\d.]+:(\d+)$/gm)) {
    expect(other).toBe(port);
  }
  relay.kill('SIGINT');
  expect(await relay.exitCode).toBe(0);
});

it('says that a port is taken', async () => {
  const first = await startRelayProcess();
  const second = await finished(['relay', '--host', '127.0.0.1', '--port', new URL(first.url).port]);
  expect(second).toMatchObject({ exitCode: 2, stdout: '' });
  expect(second.stderr).toContain('another program already uses this port');
  await first.stop();
});
