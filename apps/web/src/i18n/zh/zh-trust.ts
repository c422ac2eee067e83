// Chinese: names that a system obeys, and what another app or website hands over.
import type { Words } from '../words.ts';

export const trust: Pick<Words, 'risky' | 'changed' | 'shared'> = {
  risky: {
    title: (count) => `${count}可能会在此设备上更改设置或自动运行`,
    why: '系统和程序会直接按位置读取这些名称的文件，无需任何人打开。',
    list: '可能会更改设置或自动运行的文件',
    take: '这些是我要的文件：一并接收',
    left: '这些文件不会被接收，对方会得知。',
    taken: '这些文件会与其他文件一起接收。',
    offered: (files) => `${files}可能会在对方设备上更改设置或自动运行，因此会单独询问。`,
    counted: (hidden, programs) => `隐藏文件：${hidden} · 程序或脚本：${programs}`,
    leftOut: (files) => `对方没有接收 ${files}：`,
    more: (files) => `以及另外 ${files}`,
  },
  changed: {
    title: (files) => `在您接受之后，对方更改了 ${files}`,
    sizes: (now, accepted) => `现在 ${now}，接受时 ${accepted}`,
    take: '按现在的内容接收',
    leave: '不接收这些',
  },
  shared: {
    title: '要发送这些内容吗？',
    lead: '另一个应用或网站把这些内容交给了 p2p-copy。在您按“发送”之前，任何内容都不会离开此设备。',
    list: '交来的内容',
    send: '发送',
    discard: '丢弃',
    expired: '分享的内容已不在此处。请重新分享，或在下面选择。',
    refused: (files, size) => `分享的内容太多：最多 ${files}、${size}。请改为在下面选择。`,
  },
};
