// Chinese: names that a system obeys, what can’t be sent, and what another app or website hands over.
import type { Words } from '../words.ts';
import { refusals } from './zh-refusals.ts';

export const trust: Pick<Words, 'risky' | 'changed' | 'changes' | 'unsendable' | 'shared' | 'refusals'> = {
  refusals,
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
  changes: {
    new: '新增',
    changed: '已更改',
    since: (added, changed) =>
      `发送方更改了所提供的内容。与第一份列表相比，新增：${added}，更改：${changed}。`,
  },
  unsendable: {
    title: (count) => `您所选的内容中有 ${count} 项无法发送。`,
    rest: '其余内容会照常提供。',
    notSent: (count) => `您所选的内容中有 ${count} 项没有发送：`,
    more: (count) => `以及另外 ${count} 项`,
    unsent: (count) => `发送方表示，其文件或文件夹中有 ${count} 项无法发送。`,
    reasons: {
      'control-character': '名称中含有控制字符',
      'direction-mark': '名称中含有改变文字方向的不可见字符',
      'not-unicode': '名称不是有效的 Unicode',
      'unfinished-part': '这是另一次传输的未完成部分',
      'too-long': '名称过长',
      'too-deep': '所在的文件夹层级过深',
      'impossible-name': '此名称无法发送',
      'same-name': '已有同名内容要发送，两者的名称仅在 Unicode 形式上不同',
      'no-permission': '浏览器无权读取',
      unreadable: '无法读取',
      'special-file': '既不是文件也不是文件夹',
      'dangling-link': '这是一个失效的链接',
      'leads-out': '这是指向所发送内容之外的链接',
      'impossible-target': '这是指向无法发送的名称的链接',
    },
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
