// Where the relay listens, what it serves there, and the certificate that it shows.
import { text, textOrNone, whole } from './kinds.ts';
import { setting } from './setting.ts';

export const LISTENING = {
  host: setting(text('address', 'a host name or an IP address'), '0.0.0.0', {
    purpose: 'Where to listen; 0.0.0.0 is everywhere.',
    isReloadable: false,
    isCommon: true,
  }),
  port: setting(whole('port', 0, 65_535), 8765, {
    purpose: 'Where to listen; 0 picks a free port.',
    isReloadable: false,
    isCommon: true,
  }),
  webRoot: setting(textOrNone('folder', 'a folder'), null, {
    purpose: 'The built web app.',
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
