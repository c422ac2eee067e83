// Where the relay listens, what it serves there, and the certificate that it shows.
import { ADDRESS_FORMS, EVERYWHERE, readAddress } from '../addresses.ts';
import { list, text, textOrNone, whole } from '../kinds.ts';
import { setting } from '../setting.ts';

const addresses = list('addresses', ADDRESS_FORMS, (value) => readAddress(value) !== null);

export const LISTENING = {
  host: setting(text('address', 'a host name or an IP address'), EVERYWHERE, {
    purpose: 'Address to listen on; :: is everywhere, by IPv6 and IPv4.',
    isReloadable: false,
    isCommon: true,
  }),
  port: setting(whole('port', 0, 65_535), 8765, {
    purpose: 'Port to listen on; 0 picks a free one.',
    isReloadable: false,
    isCommon: true,
  }),
  listen: setting(addresses, [], {
    purpose: 'Addresses to listen on in place of host and port, or unix sockets.',
    isReloadable: false,
    isCommon: true,
  }),
  adminListen: setting(addresses, [], {
    purpose: 'Addresses for metrics and administration, without TLS: keep them from strangers.',
    isReloadable: false,
    isCommon: true,
  }),
  socketMode: setting(
    text('mode', 'an octal file mode such as "660"', (value) => /^0?[0-7]{3}$/.test(value)),
    '660',
    {
      purpose: 'Who may connect to the unix sockets, as a file mode.',
      isReloadable: false,
    },
  ),
  webRoot: setting(textOrNone('folder', 'a folder'), null, {
    purpose: 'Folder of the built web app; the command line serves its own where none is given.',
    isReloadable: false,
  }),
  certFile: setting(textOrNone('file', 'a file'), null, {
    purpose: 'Certificate chain in PEM: with it, https. Read again when it changes.',
    isReloadable: false,
    isCommon: true,
    flag: 'certfile',
  }),
  keyFile: setting(textOrNone('file', 'a file'), null, {
    purpose: 'Its private key in PEM.',
    isReloadable: false,
    isCommon: true,
    flag: 'keyfile',
  }),
};
