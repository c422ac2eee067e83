// How often an address may draw nameplates and join under them.
import { whole } from '../kinds.ts';
import { type Setting, setting } from '../setting.ts';

const perMinute = (byDefault: number, purpose: string): Setting<number> =>
  setting(whole('per minute', 1, 1_000_000), byDefault, { purpose, isReloadable: true });

const draws = (byDefault: number, purpose: string): Setting<number> =>
  setting(whole('draws', 1, 1_000_000), byDefault, { purpose, isReloadable: true });

export const RATES = {
  drawsPerMinutePerAddress: perMinute(60, 'Nameplates that senders drew themselves.'),
  drawsPerMinutePerSite: perMinute(300, 'The same for one IPv6 /48.'),
  drawBurstPerAddress: draws(400, 'Such draws at once, after a pause.'),
  drawBurstPerSite: draws(2_000, 'The same for one IPv6 /48.'),
  joinsPerMinutePerAddress: perMinute(
    60,
    'First messages that name a nameplate, but for its sender that comes back.',
  ),
  joinsPerMinutePerSite: perMinute(300, 'The same for one IPv6 /48.'),
  failedJoinsPerMinutePerAddress: perMinute(20, 'Those that name an unknown one.'),
  failedJoinsPerMinutePerSite: perMinute(100, 'The same for one IPv6 /48.'),
  failedTokensPerMinutePerAddress: perMinute(20, 'Access tokens that are unknown or expired.'),
  failedTokensPerMinutePerSite: perMinute(100, 'The same for one IPv6 /48.'),
};
