// A page behind a proxy that asks the relay for another host than people do: page and operator are told, in time and once.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { CliProcess, urlOf } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

/** Passes on all but the host, as proxies do that nobody has told to; `X-Forwarded-Host` where it is wanted. */
async function careless(upstream: URL, tellsHost: boolean): Promise<{ url: string; close: () => void }> {
  const server = createServer((asked, answer) => {
    const { host, ...others } = asked.headers;
    const headers = { ...others, host: upstream.host, ...(tellsHost && { 'x-forwarded-host': host }) };
    const { hostname, port } = upstream;
    const call = request({ hostname, port, path: asked.url, method: asked.method, headers }, (given) => {
      answer.writeHead(given.statusCode!, given.headers);
      given.pipe(answer);
    });
    asked.pipe(call);
  });
  server.on('upgrade', (asked, client) => {
    const relay = connect(Number(upstream.port), upstream.hostname);
    const lines = [`GET ${asked.url} HTTP/1.1`, `Host: ${upstream.host}`];
    if (tellsHost) lines.push(`X-Forwarded-Host: ${asked.headers.host}`);
    for (let i = 0; i < asked.rawHeaders.length; i += 2) {
      if (!/^host$/i.test(asked.rawHeaders[i]!))
        lines.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`);
    }
    relay.write(`${lines.join('\r\n')}\r\n\r\n`);
    for (const [from, to] of [
      [client, relay],
      [relay, client],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('an address that is not allowed is said on the page, in its language, and once in the log', {
  tag: '@firefox',
}, async ({ browserContext }) => {
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0']);
  const proxy = await careless(new URL((await urlOf(relay))!), false);
  const page = await browserContext.newPage();
  try {
    for (const [language, message, send, sentence] of [
      ['English', 'Or send a message', 'Send message', 'This address isn’t allowed at the server.'],
      [
        'Deutsch',
        'Oder eine Nachricht senden',
        'Nachricht senden',
        'Diese Adresse ist am Server nicht zugelassen.',
      ],
      ['中文', '或发送一条消息', '发送消息', '服务器不允许此地址。'],
    ] as const) {
      await page.goto(proxy.url);
      await page.getByRole('combobox').first().selectOption({ label: language });
      await page.getByLabel(message).fill('hello');
      await page.getByRole('button', { name: send }).click();
      await steps.expectAlert(page, sentence);
    }
    const told = relay.stderr.split('\n').filter((line) => line.includes('allowedOrigins'));
    expect(told.map((line) => JSON.parse(line).origin)).toEqual([proxy.url]);
    expect(told[0]).toContain('X-Forwarded-Host');
  } finally {
    await page.close();
    proxy.close();
    await relay.stop();
  }
});

test('the same proxy, when it tells the host and is named to the relay, lets the page send', async ({
  browserContext,
}) => {
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0', '--trust-proxy', '127.0.0.1']);
  const proxy = await careless(new URL((await urlOf(relay))!), true);
  const page = await browserContext.newPage();
  try {
    await page.goto(proxy.url);
    await steps.sendMessage(page, 'hello');
    await steps.shownCode(page);
    await steps.cancel(page);
  } finally {
    await page.close();
    proxy.close();
    await relay.stop();
  }
});
