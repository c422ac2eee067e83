// Chinese: slips in a typed code.
import type { Words } from '../words.ts';

export const slips: Words['slips'] = {
  noWords: '数字后面缺少单词。',
  missingWord: '缺少一个单词：代码至少有两个单词。',
  unfinishedWord: (word) => `有多个单词以“${word}”开头。`,
  unknownWord: (word) => `“${word}”不是代码中会出现的单词。`,
  several: '可能是多个代码中的一个。',
  linkWithoutCode: '该链接中没有代码。',
  didYouMean: '您是不是要输入：',
  asTyped: (code) => `这是发送方自选的代码：按原样使用 ${code}`,
  otherSite: (host) => `该链接属于另一个网站 ${host}，其代码很可能只在那里有效。`,
  openThere: (host) => `打开 ${host}`,
  useHere: '仍在此处尝试该代码',
};
