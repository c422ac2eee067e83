// Chinese: the first screen.
import type { Words } from '../words.ts';

export const home: Words['home'] = {
  title: '把文件发送到另一台设备',
  lead: '大小不限，无需安装。您会得到一个短代码，对方输入后看到您要发送的内容并接受。',
  offline: '此设备处于离线状态。',
  offlineMore: '发送或接收需要能连到另一台设备。以前收到的内容现在就可以保存。',
  refused: (title) => `没有您对该文件夹的许可，“${title}”无法继续。请再次继续并允许访问。`,
  send: '发送',
  receive: '接收',
  badLink: '该链接中没有代码。请再要一次，或直接输入代码。',
  toClassic: (program) => `对方使用 Python 工具 ${program}？`,
  drop: '松开即可发送',
  dropHere: '把文件或文件夹拖到这里',
  chooseFiles: '选择文件',
  chooseFolder: '选择文件夹',
  orMessage: '或发送一条消息',
  messageHint: '文字、链接、密码…',
  sendMessage: '发送消息',
  messageTooLong: (size) => `一条消息最多 ${size}。请存为文件后发送。`,
  haveCode: '有代码吗？',
  notACode: '这不是代码。代码由一个数字和几个单词组成，例如 7-guitar-ocean。',
  enterCode: '输入代码，或粘贴您收到的链接。',
  languageMissing: (name) =>
    `目前无法加载${name}：无法连接服务器，或服务器上有更新的页面。此页面保持原样；请稍后再次选择。`,
};
