// Chinese: a browser that refuses a call on a file or on its storage, by the name of its exception.
import type { RefusedCall } from '../refusal-words.ts';
import type { Words } from '../words.ts';

/** The same for both calls. */
const both = (reason: string, advice: string): Record<'read' | 'write', RefusedCall> => ({
  read: { reason, advice },
  write: { reason, advice },
});

export const refusals: Words['refusals'] = {
  quoted: (path) => `“${path}”`,
  storage: '此浏览器的存储空间',
  read: (what, reason) => `无法读取${what}：${reason}。`,
  write: (what, reason) => `无法写入${what}：${reason}。`,
  again: '然后重试。',
  goesOn: (advice) => `${advice}如果之后没有自动继续，请停止并重新开始。`,
  refusedName: {
    reason: '此浏览器不接受该名称',
    advice: '请让发送方改名，或在其他设备上接收。',
  },
  other: {
    reason: (exception) => `浏览器报告 ${exception}`,
    advice: '请重新加载页面。如果再次发生，请换一个位置或换一个浏览器。',
  },
  rows: {
    AbortError: both('浏览器中止了它，可能是其危险文件防护所致', '请在浏览器的下载内容或设置中查看原因。'),
    InvalidStateError: both(
      '浏览器失去了对它的访问，因为有其他程序更改或关闭了它',
      '请关闭正在使用它的其他标签页和程序。',
    ),
    NoModificationAllowedError: {
      read: { reason: '另一个标签页或程序正在使用它', advice: '请关闭正在使用它的其他标签页和程序。' },
      write: {
        reason: '另一个标签页或程序正在使用它，或者它有写保护',
        advice: '请关闭正在使用它的其他标签页和程序，并解除写保护。',
      },
    },
    NotAllowedError: {
      read: { reason: '此页面不再有权读取它', advice: '请重新选择它，并在浏览器询问时允许。' },
      write: {
        reason: '此页面不再有权写入那里',
        advice: '请在浏览器针对此页面的设置中，或在浏览器询问时允许。',
      },
    },
    NotFoundError: {
      read: {
        reason: '它已不在原处：被移动、改名或删除，或者磁盘已被取出',
        advice: '请把它放回原处，或在它现在的位置重新选择。',
      },
      write: {
        reason: '文件或其所在文件夹被移动、改名或删除，或者磁盘已被取出',
        advice: '请恢复原状。使用新代码时，可以选择其他文件夹。',
      },
    },
    NotReadableError: {
      read: {
        reason: '它在选择之后发生了变化，或另一个程序正在使用它，或磁盘出现故障',
        advice: '请关闭正在使用它的程序，并重新选择它。',
      },
      write: {
        reason: '浏览器无法打开它；可能另一个程序正在使用它，或磁盘出现故障',
        advice: '请关闭正在使用它的程序，并检查磁盘。',
      },
    },
    QuotaExceededError: both(
      '磁盘已满，或浏览器不再给此页面更多空间',
      '请在此设备上腾出空间，或删除此页面保留的文件。',
    ),
    SecurityError: {
      read: {
        reason: '浏览器不让此页面读取那里',
        advice: '请把它复制到其他文件夹，并在那里选择它。',
      },
      write: {
        reason: '浏览器不让此页面写入那里',
        advice: '请用新代码选择其他文件夹，或此浏览器的存储空间。',
      },
    },
    TypeMismatchError: {
      read: { reason: '原来的文件现在是文件夹，或原来的文件夹现在是文件', advice: '请重新选择它。' },
      write: {
        reason: '有文件夹与该文件同名，或有文件与某个文件夹同名',
        advice: '请给已有的内容改名。使用新代码时，可以选择其他文件夹。',
      },
    },
  },
};
