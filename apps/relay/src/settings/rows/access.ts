// Who may send over the relay.
import { choice, textOrNone } from '../kinds.ts';
import { setting } from '../setting.ts';

const ACCESS = ['open', 'token'] as const;
type Access = (typeof ACCESS)[number];

export const ACCESS_SETTINGS = {
  access: setting(choice<Access>('access', ACCESS), 'open', {
    purpose: 'Who may send: everybody, or who has an access token.',
    isReloadable: false,
    isCommon: true,
  }),
  tokenFile: setting(textOrNone('file', 'a file'), null, {
    purpose: 'Access tokens, as p2p-copy relay token makes them. Read again when it changes.',
    isReloadable: false,
    isCommon: true,
  }),
};
