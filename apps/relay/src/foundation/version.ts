// The relay's own version, as `/healthz` and `/version` tell it. A test holds it to package.json.

export const RELAY_VERSION = '0.3.0';
