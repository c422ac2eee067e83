// German: the list of an offer as a tree.

export const tree = {
  tree: {
    find: 'Nach Namen suchen',
    sort: 'Sortieren nach',
    byName: 'Name',
    bySize: 'Größe, größte zuerst',
    open: (name: string) => `${name} aufklappen`,
    close: (name: string) => `${name} zuklappen`,
    found: (files: string) => `Gefunden: ${files}`,
    none: 'Kein Name enthält das.',
    sorting: 'Wird sortiert …',
  },
};
