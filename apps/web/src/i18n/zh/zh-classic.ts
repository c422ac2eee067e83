// Chinese, for those who talk with the Python tool.

import type { Problems } from '../problem-words.ts';
import type { ClassicWords } from '../words.ts';

/** As zh-problems.ts says it, which would be a file of its own if it were shared. */
const KEPT = '已完整到达的文件会保留。';

const problems: Problems = {
  'relay-token-needed': {
    sentence: '只有持有访问令牌的人才能通过此服务器发送，而这种格式无法携带令牌。',
    next: '请双方都使用此页面，或使用其他服务器。',
  },
  'code-in-use': {
    sentence: '双方用此代码要做同一件事：都发送，或都接收。',
    next: '其中一方需要改做另一件。若已如此，则有别人拿到了代码：请约定一个新的。',
  },
  'peer-gone': {
    sentence: '对方在结束前离开了。',
    next: `对方取消了或断了连接。${KEPT}请双方重新开始。`,
  },
  'digest-mismatch': {
    sentence: '有文件与其校验和不符，传输已停止。',
    next: '没有保存任何错误的内容。请双方重新开始。',
  },
  'nothing-to-send': {
    sentence: '您选择的内容中没有文件。',
    next: 'Python 工具接收文件，以及装有文件的文件夹。',
  },
};

export const classic: ClassicWords = {
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
  ownCertificate:
    '此中继使用自己的证书，Python 工具会拒绝它：需要用变量 SSL_CERT_FILE 指定该证书的副本，或使用以 --http 启动的中继。',
  silentEncrypted: (option) =>
    `对方已启动却没有反应？那么代码不一致，或只有一方加密：这里已加密，所以对方的命令以 ${option} 结尾。`,
  silentOpen: (option) =>
    `对方已启动却没有反应？那么代码不一致，或只有一方加密：这里未加密，所以对方的命令中没有 ${option}。`,
  problems,
};
