// A browser's DevTools protocol, raw: a test driver that asks to be told of the network makes WebSockets several times slower.
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Connects to a browser; `send` resolves to what the browser answers, and rejects with what it refuses. */
export async function connectDevtools(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 28 });
  await once(socket, 'open');
  const pending = new Map();
  let lastId = 0;
  socket.on('message', (message) => {
    const { id, result, error } = JSON.parse(message);
    const settle = pending.get(id);
    if (settle === undefined) return;
    pending.delete(id);
    if (error === undefined) settle.resolve(result);
    else settle.reject(new Error(error.message));
  });
  socket.on('close', () => {
    for (const { reject } of pending.values()) reject(new Error('the browser has ended'));
  });
  return {
    send(method, params = {}, sessionId) {
      lastId += 1;
      socket.send(JSON.stringify({ id: lastId, method, params, sessionId }));
      return new Promise((resolve, reject) => pending.set(lastId, { resolve, reject }));
    },
    closed: once(socket, 'close'),
  };
}

/** Opens a tab; its content security policy binds the page alone unless `isBypassed`. */
export async function openTab(devtools, url, { isBypassed = false } = {}) {
  const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => devtools.send(method, params, sessionId);
  if (isBypassed) await send('Page.setBypassCSP', { enabled: true });
  await send('Page.navigate', { url });

  async function evaluate(options) {
    const { result, exceptionDetails } = await send('Runtime.evaluate', options);
    if (exceptionDetails === undefined) return result;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  const expressionOf = (code, args) => `(${code})(...${JSON.stringify(args)})`;

  return {
    send,
    /** What `code`, a function that sees only the page and its arguments, resolves to there. */
    async run(code, ...args) {
      const expression = expressionOf(code, args);
      return (await evaluate({ expression, awaitPromise: true, returnByValue: true })).value;
    },
    /** Gives files to the file input that `code` returns. */
    async pickFiles(files, code, ...args) {
      const { objectId } = await evaluate({ expression: expressionOf(code, args) });
      await send('DOM.setFileInputFiles', { files, objectId });
    },
    close: () => devtools.send('Target.closeTarget', { targetId }),
  };
}
