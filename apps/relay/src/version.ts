// The relay's own version, as `/healthz` tells it. A test holds it to package.json.

export const RELAY_VERSION = '0.2.0';
