// English: the list of an offer as a tree.

export const tree = {
  tree: {
    find: 'Find by name',
    sort: 'Sort by',
    byName: 'Name',
    bySize: 'Size, largest first',
    open: (name: string) => `Open ${name}`,
    close: (name: string) => `Close ${name}`,
    found: (files: string) => `Found: ${files}`,
    none: 'No name contains that.',
    sorting: 'Sorting…',
  },
};
