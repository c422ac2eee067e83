// What a relay of the command line runs with: flags, environment, file and passed sockets, brought together and checked.
import {
  CONFIG_VARIABLE,
  checkTogether,
  type Environment,
  RelayError,
  readSettingsFile,
  resolveSettings,
  type Source,
  showSource,
  type ValuesOf,
} from '@p2p-copy/relay/settings';
import type { RelayOptions } from '../library/relay/relay-options.ts';
import { activatedSockets } from './activated-sockets.ts';
import { CLI_SETTINGS } from './cli-table.ts';
import { isForThisMachine } from './is-for-this-machine.ts';
import type { TypedFlags } from './settings-options.ts';

type Values = ValuesOf<typeof CLI_SETTINGS>;

export interface LoadedSettings {
  readonly values: Values;
  readonly sources: Readonly<Record<keyof Values, Source>>;
}

/** What a command demands besides. @throws UsageError */
export type SettingsCheck = (values: Values, sources: LoadedSettings['sources']) => void;

export interface Call {
  readonly flags: TypedFlags;
  /** Names of those that were typed in another way than by their flag. */
  readonly typedAs?: Readonly<Record<string, string>>;
  /** `--config`. */
  readonly configFile: string | undefined;
  readonly environment: Environment;
  readonly processId: number;
}

/**
 * Reads the file anew each time it is called.
 * @param check what a command demands besides, asked first: it knows more of how it was called
 * @throws RelayError `invalid-config`: one sentence that names the setting, its value and where it came from
 */
export async function loadSettings(call: Call, check: SettingsCheck = () => {}): Promise<LoadedSettings> {
  const { flags, typedAs = {}, environment } = call;
  const path = call.configFile ?? (environment[CONFIG_VARIABLE] || undefined);
  const file = path === undefined ? null : await readSettingsFile(path);
  const { values, sources } = resolveSettings({ flags, typedAs, environment, file }, CLI_SETTINGS);
  check(values, sources);
  const givenAs = (name: keyof Values) =>
    sources[name].kind === 'default' ? null : showSource(sources[name]);
  // Before the rule that the two files need each other: the sentence below says more.
  checkSelfSigned(values, givenAs);
  checkTogether(values, givenAs);
  return withOwnCertificate(withActivated({ values, sources }, call, givenAs));
}

/** The settings that were given, for the library: all others are its defaults, but for the certificate. */
export function givenSettings({ values, sources }: LoadedSettings): RelayOptions {
  const given = Object.entries(values).filter(
    ([name]) => name !== 'http' && sources[name as keyof Values].kind !== 'default',
  );
  const isWished = sources.selfSigned.kind === 'default' && values.selfSigned;
  return { ...(Object.fromEntries(given) as RelayOptions), ...(isWished && { selfSigned: 'if-possible' }) };
}

/** Whether a certificate is made where nobody says so: where there is no other, and others than this machine may come. */
function withOwnCertificate({ values, sources }: LoadedSettings): LoadedSettings {
  if (sources.selfSigned.kind !== 'default') return { values, sources };
  const selfSigned = !values.http && values.certFile === null && !isForThisMachine(values);
  return { values: { ...values, selfSigned }, sources };
}

function checkSelfSigned(
  { selfSigned, http, certFile, keyFile }: Values,
  givenAs: (name: keyof Values) => string | null,
): void {
  const isAsked = selfSigned && givenAs('selfSigned') !== null;
  const other = certFile !== null ? 'certFile' : keyFile !== null ? 'keyFile' : null;
  const certificate = isAsked ? 'selfSigned' : other;
  if (http && certificate !== null) {
    throw new RelayError(
      'invalid-config',
      `A relay with ${givenAs('http')} has no certificate, and ${givenAs(certificate)} asks for one. Leave out one or the other.`,
    );
  }
  if (!isAsked || other === null) return;
  throw new RelayError(
    'invalid-config',
    `Both ${givenAs('selfSigned')} and ${givenAs(other)} say which certificate to show. Leave out one or the other.`,
  );
}

function withActivated(
  loaded: LoadedSettings,
  { environment, processId }: Call,
  givenAs: (name: keyof Values) => string | null,
): LoadedSettings {
  const { listen, adminListen } = activatedSockets(environment, processId);
  const single = givenAs('host') ?? givenAs('port');
  if (listen.length > 0 && single !== null) {
    throw new RelayError(
      'invalid-config',
      `Both LISTEN_FDS and ${single} say where to listen. Leave out one, or give further addresses as listen.`,
    );
  }
  const values = { ...loaded.values };
  const sources = { ...loaded.sources };
  for (const [name, sockets] of Object.entries({ listen, adminListen })) {
    if (sockets.length === 0) continue;
    const key = name as 'listen' | 'adminListen';
    values[key] = [...sockets, ...values[key]];
    const also = givenAs(key);
    sources[key] = {
      kind: 'environment',
      name: also === null ? 'LISTEN_FDS' : `LISTEN_FDS and ${also}`,
    };
  }
  return { values, sources };
}
