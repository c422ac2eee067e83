// All settings of `p2p-copy relay`: the relay's own, and the certificate that only this package can make.
import { onOff, RELAY_SETTINGS, SETTING_GROUPS, type SettingsTable, setting } from '@p2p-copy/relay/settings';

const CERTIFICATE = {
  selfSigned: setting(onOff(), true, {
    purpose:
      'Serve https with a certificate that is made here and kept; by default where no other is given and other devices can come.',
    isReloadable: false,
    isCommon: true,
  }),
  http: setting(onOff(), false, {
    purpose:
      'Serve everybody by http alone, without a certificate: browsers on other devices refuse to work with it.',
    isReloadable: false,
    isCommon: true,
  }),
};

export const CLI_SETTINGS = { ...RELAY_SETTINGS, ...CERTIFICATE };

export const CLI_SETTING_GROUPS: readonly { heading: string; settings: SettingsTable }[] = SETTING_GROUPS.map(
  (group, index) => (index === 0 ? { ...group, settings: { ...group.settings, ...CERTIFICATE } } : group),
);
