// Chinese: how a running transfer is stopped, or slowed down.
import type { Words } from '../words.ts';

export const stop: Words['stop'] = {
  button: '停止…',
  limit: '限速',
  noLimit: '不限',
  stopping: '正在停止…',
  title: '要停止这次传输吗？',
  goesOn: '在您回答之前，传输会继续。',
  cannotResume: '它无法继续：未完成的部分需要重新发送。',
  goOn: '继续传输',
  keep: '保留已到达的内容，以后继续',
  remove: '删除未完成的文件',
  endSending: '彻底停止',
  stop: '停止',
  stopped: '您已停止传输。',
  deleted: '未完成的文件已删除。已完整到达的文件会保留。',
  notDeleted: (files) => `已完整到达的文件会保留。有${files}无法删除：文件名以 .p2p.part 结尾。`,
  ended: '已完整到达的文件会保留。其余部分需要用新的代码重新发送。',
  endedSending: '已到达的内容留在对方那里。要再次发送，请用新的代码开始。',
  nothingSent: '没有发送任何内容。双方准备好后请重新开始。',
  nothingReceived: '没有接收任何内容。双方准备好后请重新开始。',
  nothingYet: '还没有发送任何内容。双方都在线时，可从首页继续。',
};
