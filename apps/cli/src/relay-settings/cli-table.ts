// All settings of `p2p-copy relay`: the relay's own, and the certificate that only this package can make.
import { onOff, RELAY_SETTINGS, SETTING_GROUPS, type SettingsTable, setting } from '@p2p-copy/relay/settings';

const CERTIFICATE = {
  selfSigned: setting(onOff(), false, {
    purpose: 'Serve https with a certificate that is made here and kept.',
    isReloadable: false,
    isCommon: true,
  }),
};

export const CLI_SETTINGS = { ...RELAY_SETTINGS, ...CERTIFICATE };

export const CLI_SETTING_GROUPS: readonly { heading: string; settings: SettingsTable }[] = SETTING_GROUPS.map(
  (group, index) => (index === 0 ? { ...group, settings: { ...group.settings, ...CERTIFICATE } } : group),
);
