// Whose word the relay takes: proxies in front of it, web origins, other names of its own.
import { isAddressOrBlock } from '../../limits/trusted-proxies.ts';
import { list } from '../kinds.ts';
import { setting } from '../setting.ts';

const origins = list('origins', 'origins such as https://copy.example.org, without a path', isOrigin);

export const TRUST = {
  trustProxy: setting(
    list(
      'addresses',
      'IP addresses, or blocks of them such as 10.0.0.0/8; unix for unix sockets',
      isAddressOrBlock,
    ),
    [],
    {
      purpose:
        'Reverse proxies in front of the relay, whose X-Forwarded-For tells the address of a client, and X-Forwarded-Host the host.',
      isReloadable: true,
      isCommon: true,
    },
  ),
  allowedOrigins: setting(origins, [], {
    purpose: 'Web origins that may connect besides the pages that the relay itself serves.',
    isReloadable: true,
  }),
  otherNames: setting(origins, [], {
    purpose:
      'Other origins of this relay: its pages may connect to them, and theirs to it, as redirects ask for.',
    isReloadable: true,
  }),
};

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === value;
}
