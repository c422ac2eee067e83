// Runs before the page: under Trusted Types, which the relay's policy asks for, text becomes the address of a script only
// here. For text that would become HTML or code there is no rule, so it is refused.
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown;
}

const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };

trustedTypes?.createPolicy('default', {
  createScriptURL(address) {
    const { origin } = new URL(address, location.href);
    if (origin === location.origin) return address;
    throw new TypeError(`scripts come from ${location.origin} only, not from ${origin}`);
  },
});
