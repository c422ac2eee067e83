// Chinese: which way content takes, and what a transfer waits for.
import type { Words } from '../words.ts';

export const flow: Words['flow'] = {
  through: (host) => `经由 ${host} 传输，该处可以读取内容。`,
  throughSealed: (host) => `经由 ${host} 传输，该处无法读取内容。`,
  direct: '两台设备之间直接传输。',
  directWithin: '在本网络内直接传输。',
  files: '文件',
  arrived: '已到达',
  notYet: '尚未到达',
  reconnected: '已重新连接',
  comparing: '正在与已有内容比较',
  comparingMore: (percent) => `${percent}% · 只发送缺少的部分。`,
  pausedHere: (message) => `已暂停：${message}`,
  pausedThere: '已暂停：另一台设备暂时无法保存。',
  noRoomThere: '已暂停：另一台设备没有空间了。',
  noRoomHere: '已暂停：此设备没有空间了。',
  moreRoom: (size) => `已暂停：此设备还需要 ${size}。`,
  solvedThere: '没有丢失任何内容。那边解决后会自动继续。',
  makeRoom: '请删除一些内容腾出空间。如果之后没有自动继续，请停止并重新开始。',
  checkFolder: '请检查文件夹及其权限。如果之后没有自动继续，请停止并重新开始。',
};
