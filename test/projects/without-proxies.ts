// Tests talk to their own relays on this machine: a proxy of the person who runs them is not asked.
for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}
