// Proxies by which clients reach other hosts: HTTP (CONNECT, and plain requests) and SOCKS 5, each with a login where one is
// given. As a program: forward-proxies.mjs http|socks HOST PORT [USER:PASSWORD]; it prints `ready`, then a line for each call.
import { createServer as createHttp, request } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {object} ForwardProxy
 * @property {number} port
 * @property {string[]} calls what it was asked for, such as `CONNECT 127.0.0.1:80` or `GET http://h/`, logins refused too
 * @property {() => void} close
 */

/**
 * @param {object} options
 * @param {string} [options.host]
 * @param {number} [options.port]
 * @param {string} [options.login] `USER:PASSWORD` without which it answers 407
 * @param {number} [options.status] with which it refuses everything
 * @param {string | string[]} [options.scheme] of login that it offers, a header each
 * @param {Record<string, string>} [options.hosts] where names lead that nobody else knows
 * @param {{ key: string | Buffer, cert: string | Buffer }} [options.tls] its own, for https
 * @param {(call: string) => void} [options.onCall]
 * @returns {Promise<ForwardProxy>}
 */
export async function startHttpProxy({
  host = '127.0.0.1',
  port = 0,
  login,
  status,
  scheme = 'Basic realm="proxy"',
  hosts = {},
  tls,
  onCall = () => {},
} = {}) {
  /** @type {string[]} */
  const calls = [];
  const call = (text) => {
    calls.push(text);
    onCall(text);
  };
  const refusalOf = ({ headers }) => {
    const given = Buffer.from(
      headers['proxy-authorization']?.replace(/^Basic /, '') ?? '',
      'base64',
    ).toString();
    return login !== undefined && given !== login ? 407 : status;
  };
  const server = tls === undefined ? createHttp() : createHttps(tls);
  server.on('request', (asked, answer) => {
    call(`${asked.method} ${asked.url}`);
    const refusal = refusalOf(asked);
    if (refusal !== undefined)
      return answer.writeHead(refusal, { 'proxy-authenticate': scheme }).end('refused');
    const { 'proxy-authorization': _login, ...headers } = asked.headers;
    const url = new URL(asked.url);
    const upstream = request({
      host: hosts[url.hostname] ?? url.hostname,
      port: url.port,
      path: url.pathname + url.search,
      headers,
    });
    upstream.on('response', (found) => {
      answer.writeHead(found.statusCode, found.headers);
      found.pipe(answer);
    });
    upstream.on('error', () => answer.writeHead(502).end());
    upstream.end();
  });
  server.on('connect', (asked, socket) => {
    call(`CONNECT ${asked.url}`);
    socket.on('error', () => {});
    const refusal = refusalOf(asked);
    if (refusal !== undefined) {
      return socket.end(
        `HTTP/1.1 ${refusal} No\r\n${[scheme]
          .flat()
          .map((each) => `Proxy-Authenticate: ${each}\r\n`)
          .join('')}Content-Length: 0\r\n\r\n`,
      );
    }
    const { hostname, port: target } = new URL(`http://${asked.url}`);
    const name = hostname.replace(/^\[(.*)\]$/, '$1');
    const upstream = connect(Number(target === '' ? 80 : target), hosts[name] ?? name);
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    upstream.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(socket, upstream);
    });
  });
  return listening(server, host, port, calls);
}

/**
 * @param {object} options
 * @param {string} [options.host]
 * @param {number} [options.port]
 * @param {string} [options.login]
 * @param {number} [options.reply] RFC 1928, section 6: with which it refuses everything
 * @param {Record<string, string>} [options.hosts]
 * @param {(call: string) => void} [options.onCall]
 * @returns {Promise<ForwardProxy>}
 */
export async function startSocksProxy({
  host = '127.0.0.1',
  port = 0,
  login,
  reply,
  hosts = {},
  onCall = () => {},
} = {}) {
  /** @type {string[]} */
  const calls = [];
  const server = createServer(async (socket) => {
    socket.on('error', () => {});
    const read = readerOf(socket);
    const textToZero = async () => {
      let text = '';
      for (;;) {
        const [code] = await read(1);
        if (code === 0) return text;
        text += String.fromCharCode(code);
      }
    };
    // SOCKS 4a: a name comes in place of the address 0.0.0.1.
    const answer4 = async () => {
      const head = await read(6);
      const user = await textToZero();
      const address = [...head.subarray(2)].join('.');
      const isName = address === '0.0.0.1';
      const name = isName ? await textToZero() : address;
      calls.push(`SOCKS ${isName ? 'name' : 'address'} ${name}:${head.readUInt16BE()}`);
      const answer = (code) => socket.write(Buffer.from([0, code, 0, 0, 0, 0, 0, 0]));
      if (login !== undefined && user !== login) {
        answer(93);
        return socket.end();
      }
      const upstream = connect(head.readUInt16BE(), hosts[name] ?? name);
      upstream.once('connect', () => {
        answer(90);
        join(socket, upstream);
      });
    };
    try {
      const [version, methods] = await read(2);
      if (version === 4) return await answer4(methods);
      const offered = [...(await read(methods))];
      const method = login === undefined ? 0 : 2;
      if (!offered.includes(method)) return socket.end(Buffer.from([5, 0xff]));
      socket.write(Buffer.from([5, method]));
      if (method === 2) {
        const [, length] = await read(2);
        const user = await read(length);
        const password = await read((await read(1))[0]);
        const isRight = `${user}:${password}` === login;
        if (!isRight) return socket.end(Buffer.from([1, 1]));
        socket.write(Buffer.from([1, 0]));
      }
      const [, , , kind] = await read(4);
      const name =
        kind === 3
          ? (await read((await read(1))[0])).toString()
          : kind === 1
            ? [...(await read(4))].join('.')
            : (await read(16)).toString('hex').match(/.{4}/g).join(':');
      const target = (await read(2)).readUInt16BE();
      const text = `SOCKS ${kind === 3 ? 'name' : 'address'} ${name}:${target}`;
      calls.push(text);
      onCall(text);
      const answer = (code) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
      if (reply !== undefined) {
        answer(reply);
        return socket.end();
      }
      const upstream = connect(target, hosts[name] ?? name);
      upstream.on('error', () => {
        answer(5);
        socket.end();
      });
      upstream.once('connect', () => {
        answer(0);
        join(socket, upstream);
      });
    } catch {
      socket.destroy();
    }
  });
  return listening(server, host, port, calls);
}

/** Reads an exact number of bytes at a time. */
function readerOf(socket) {
  return async (length) => {
    for (;;) {
      const bytes = socket.read(length);
      if (bytes !== null) return bytes;
      await new Promise((resolve, reject) => {
        socket.once('readable', resolve);
        socket.once('close', () => reject(new Error('closed')));
      });
    }
  };
}

function join(near, far) {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
    one.pipe(other);
  }
}

/** @returns {Promise<ForwardProxy>} */
async function listening(server, host, port, calls) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(port, host, resolve));
  return {
    port: server.address().port,
    calls,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [kind, host, port, login] = process.argv.slice(2);
  const onCall = (call) => process.stdout.write(`${call}\n`);
  const start = kind === 'socks' ? startSocksProxy : startHttpProxy;
  await start({ host, port: Number(port), ...(login && { login }), onCall });
  process.stdout.write('ready\n');
}
