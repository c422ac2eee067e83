// Chinese: what the person at the other device needs to be told.
import type { Words } from '../words.ts';

export const told: Pick<Words, 'told'> = {
  told: {
    terminal: '在终端中？',
    withNode: '在装有 Node 20 或更高版本的终端中：',
    copyLine: '复制命令',
    codeKept: '您的代码仍然保留，尚未使用：',
    openInstead: '请改为打开：',
    inTerminal: '或者在已安装 p2p-copy 的终端中运行：',
    onlyHere:
      '此页面所用的地址只代表本设备，因此链接只能在这里使用。要用于其他设备，请通过这台电脑的 https 地址打开此页面。',
    commandOnlyHere:
      '此命令所用的地址只代表本设备，因此只能在这里使用。要用于其他设备，请通过这台电脑上它们能够访问的地址打开此页面。',
  },
};
