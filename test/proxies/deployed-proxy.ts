// A proxy of Debian's packages in front of a relay, run with the sample of deploy/: only addresses in it are replaced.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { ownCertificate } from '../../apps/cli/src/certificate/own-certificate.ts';

export type ProxyName = 'nginx' | 'haproxy' | 'caddy';
export const PROXIES: readonly ProxyName[] = ['nginx', 'haproxy', 'caddy'];

/** The name that the samples have for a host of its own. */
export const OWN_HOST = 'copy.example.org';
const DEPLOY = new URL('../../deploy/', import.meta.url);
const SAMPLES: Record<ProxyName, string> = {
  nginx: 'nginx.conf',
  haproxy: 'haproxy.cfg',
  caddy: 'Caddyfile',
};
/** Those that put several relays behind one address. */
const CLUSTER_SAMPLES: Record<ProxyName, string | null> = {
  nginx: 'cluster-nginx.conf',
  haproxy: 'cluster-haproxy.cfg',
  caddy: null,
};
/** Caddy's own, below its storage. */
const CADDY_AUTHORITY = 'caddy/pki/authorities/local';
const PATIENCE_MS = 30_000;
/** Debian puts servers where only root looks for them. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

export interface DeployedProxy {
  /** https: the relay at the root of a host. */
  rootUrl: string;
  /** https: the same relay below a path of another host. */
  belowUrl: string;
  port: number;
  /** PEM: the certificate to trust. */
  caFile: string;
  /** PEM: certificates of the chains that it shows to clients, in which all of them have at least one. */
  shownCertificates: string[];
  stop(): Promise<void>;
}

export interface ProxySettings {
  /** Where it listens; default a free one. */
  port?: number;
  /** In place of the 50 s of the samples, as each of them writes it. */
  timeout?: string;
  /** Lines for Caddy's global options, in place of certificates of its own. */
  caddyOptions?: string;
  /** Port of Caddy's that an ACME server asks. */
  httpPort?: number;
  /** Address in Caddy's sample for its own host; default all of this machine's. */
  caddyHost?: string;
  /** `http://127.0.0.1:PORT` of three relays that together are one: taken instead of `relayUrl`, by the sample for several. */
  nodes?: readonly [string, string, string];
}

/** Why a proxy can't be run here; null when it can. */
export function reasonToSkip(name: ProxyName): string | null {
  if (spawnSync(name, [name === 'caddy' ? 'version' : '-v'], { env: ENVIRONMENT }).status !== 0) {
    return `no ${name} here; apt-get install ${name}`;
  }
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.some(({ address }) => address === '::1')
    ? null
    : 'no IPv6 here, which the samples listen on';
}

/** @param relayUrl `http://127.0.0.1:PORT`, or `unix:/PATH` */
export async function deployProxy(
  name: ProxyName,
  relayUrl: string,
  settings: ProxySettings = {},
): Promise<DeployedProxy> {
  const folder = mkdtempSync(path.join(tmpdir(), `p2p-copy-${name}-`));
  const port = settings.port ?? (await freePort());
  const hosts = { hosts: ['localhost', OWN_HOST], ipv4: ['127.0.0.1'], ipv6: ['::1'] };
  const { certFile, keyFile } = await ownCertificate(path.join(folder, 'own'), hosts);
  const { nodes = [] } = settings;
  const file = nodes.length === 0 ? SAMPLES[name] : CLUSTER_SAMPLES[name];
  if (file === null) throw new Error(`no sample puts several relays behind ${name}`);
  const sample = nodes
    .reduce(
      (text, node, index) => text.replaceAll(`10.0.0.${index + 1}:8765`, upstreamOf(name, node)),
      readFileSync(new URL(file, DEPLOY), 'utf8'),
    )
    .replaceAll('127.0.0.1:8765', upstreamOf(name, relayUrl))
    .replaceAll('50s', settings.timeout ?? '50s');
  const prepared = { folder, port, certFile, keyFile, settings };
  const command = { nginx: prepareNginx, haproxy: prepareHaproxy, caddy: prepareCaddy }[name](
    sample,
    prepared,
  );
  const proxy = spawn(name, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ENVIRONMENT, HOME: folder },
  });
  const said: Buffer[] = [];
  for (const output of [proxy.stdout, proxy.stderr]) output.on('data', (piece) => said.push(piece));
  const stop = async () => {
    const ended = proxy.exitCode === null ? once(proxy, 'close') : null;
    proxy.kill('SIGTERM');
    const forced = setTimeout(() => proxy.kill('SIGKILL'), 2_000);
    await ended;
    clearTimeout(forced);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilServing(proxy, port, settings.caddyHost ?? '127.0.0.1');
  } catch (cause) {
    await stop();
    throw new Error(`${name} doesn't serve:\n${Buffer.concat(said)}`, { cause });
  }
  return {
    rootUrl: `https://127.0.0.1:${port}`,
    belowUrl: `https://localhost:${port}/copy`,
    port,
    caFile: name === 'caddy' ? path.join(folder, CADDY_AUTHORITY, 'root.crt') : certFile,
    shownCertificates: [name === 'caddy' ? path.join(folder, CADDY_AUTHORITY, 'intermediate.crt') : certFile],
    stop,
  };
}

/** The relay's address as each writes it. */
function upstreamOf(name: ProxyName, relayUrl: string): string {
  const [, socket] = /^unix:(.+)$/.exec(relayUrl) ?? [];
  if (socket === undefined) return new URL(relayUrl).host;
  return { nginx: `unix:${socket}:`, haproxy: `unix@${socket}`, caddy: `unix/${socket}` }[name];
}

interface Prepared {
  folder: string;
  port: number;
  certFile: string;
  keyFile: string;
  settings: ProxySettings;
}

function prepareNginx(sample: string, { folder, port, certFile, keyFile }: Prepared): string[] {
  const site = sample
    .replaceAll('listen 443 ', `listen 127.0.0.1:${port} `)
    .replaceAll('listen [::]:443 ', `listen [::1]:${port} `)
    .replaceAll(`server_name ${OWN_HOST};`, `server_name 127.0.0.1 [::1] ${OWN_HOST};`)
    .replaceAll('server_name example.org;', 'server_name localhost;')
    .replaceAll(/\/etc\/letsencrypt\/\S+\/fullchain\.pem/g, certFile)
    .replaceAll(/\/etc\/letsencrypt\/\S+\/privkey\.pem/g, keyFile);
  writeFileSync(path.join(folder, 'site.conf'), site);
  mkdirSync(path.join(folder, 'tmp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/tmp/${kind};`)
    .join(' ');
  const main = path.join(folder, 'main.conf');
  writeFileSync(
    main,
    // The user of its workers, who else would be one that may not look into our folders.
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1; events { worker_connections 256; }
http { access_log off; ${temporary} include ${folder}/site.conf; }\n`,
  );
  return ['-p', folder, '-e', 'stderr', '-c', main];
}

function prepareHaproxy(sample: string, { folder, port, certFile, keyFile }: Prepared): string[] {
  const certs = path.join(folder, 'certs');
  mkdirSync(certs);
  writeFileSync(path.join(certs, 'both.pem'), readFileSync(certFile, 'utf8') + readFileSync(keyFile, 'utf8'));
  const file = path.join(folder, 'haproxy.cfg');
  writeFileSync(
    file,
    sample
      .replaceAll('bind :::443 ', `bind :::${port} `)
      .replaceAll('/etc/haproxy/certs', certs)
      .replaceAll(`-i ${OWN_HOST}`, `-i ${OWN_HOST} 127.0.0.1 [::1]`)
      .replaceAll('-i example.org', '-i localhost'),
  );
  return ['-db', '-f', file];
}

function prepareCaddy(sample: string, { folder, port, settings }: Prepared): string[] {
  const own =
    settings.caddyHost ?? `https://127.0.0.1:${port}, https://[::1]:${port}, https://${OWN_HOST}:${port}`;
  const site = path.join(folder, 'site');
  writeFileSync(
    site,
    sample
      .replaceAll(/^example\.org \{/gm, `https://localhost:${port} {`)
      .replaceAll(/^copy\.example\.org \{/gm, `${own} {`),
  );
  const file = path.join(folder, 'Caddyfile');
  const certificates =
    settings.caddyOptions ?? 'local_certs\n\tskip_install_trust\n\tauto_https disable_redirects';
  writeFileSync(
    file,
    `{
	admin off
	storage file_system ${folder}/caddy
	https_port ${port}
	http_port ${settings.httpPort ?? port + 1}
	${certificates}
}
import ${site}
`,
  );
  return ['run', '--adapter', 'caddyfile', '--config', file];
}

async function untilServing(proxy: ChildProcess, port: number, host: string): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  while (!(await isServing(port, host))) {
    if (proxy.exitCode !== null) throw new Error(`it ended with ${proxy.exitCode}`);
    if (performance.now() > giveUpMs) throw new Error('it took too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isServing(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false, agent: false };
    const servername = /^[\d.]+$/.test(host) ? {} : { servername: host };
    const asking = request({ ...options, ...servername, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asking.on('error', () => resolve(false)).end();
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
