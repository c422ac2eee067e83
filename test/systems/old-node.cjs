// Says that it is a Node of the version in NODE_VERSION_SAID, as an older one does.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: process.env.NODE_VERSION_SAID },
});
