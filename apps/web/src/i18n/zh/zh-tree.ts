// Chinese: the list of an offer as a tree.

export const tree = {
  tree: {
    find: '按名称查找',
    sort: '排序方式',
    byName: '名称',
    bySize: '大小（从大到小）',
    open: (name: string) => `展开 ${name}`,
    close: (name: string) => `收起 ${name}`,
    found: (files: string) => `找到：${files}`,
    none: '没有名称包含它。',
    sorting: '正在排序…',
  },
};
