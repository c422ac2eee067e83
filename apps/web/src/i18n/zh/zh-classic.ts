// Chinese, for those who talk with the Python tool.
import type { Words } from '../words.ts';

export const classic: Words['classic'] = {
  title: '与 Python 工具互传',
  lead: (program) => `对方使用旧版命令行工具 ${program}，无法打开此页面时，请用这种方式。`,
  direction: '您要做什么',
  sendHint: '文件和文件夹',
  receiveHint: '您会先看到列表',
  suggest: '推荐一个代码',
  codeMissing: '请先与对方约定一个代码，或使用推荐的代码。',
  codeSpaces: '此代码的开头或结尾有空格。在对方那边，空格也是代码的一部分。',
  codeShort: '这个代码较短。使用这种旧格式时，运行服务器的人事后仍可不断尝试代码。最好用又长又随机的代码。',
  codeAny: '任意文字，双方必须一字不差。',
  encrypt: '加密',
  encryptHint: '双方必须相同，与下面的命令一致',
  open: '这样，运行服务器的人就能读到您发送或接收的全部内容。',
  theyType: '对方输入的命令',
  whereToReceive: '请对方在要存放文件的文件夹中运行。谁先开始都可以。',
  whatToSend: (files) => `请对方把“${files}”换成自己的文件和文件夹。谁先开始都可以。`,
  youSend: '您要发送的内容',
  command: '命令',
  copyCommand: '复制命令',
  codeInCommand: '代码',
  filesInCommand: '文件',
  calling: '等待对方启动命令',
  silentEncrypted: (option) =>
    `对方已启动却没有反应？那么代码不一致，或只有一方加密：这里已加密，所以对方的命令以 ${option} 结尾。`,
  silentOpen: (option) =>
    `对方已启动却没有反应？那么代码不一致，或只有一方加密：这里未加密，所以对方的命令中没有 ${option}。`,
};
