// Chinese: a connection that is missing, what can be done about it, and how long a transfer took.
import type { Words } from '../words.ts';

export const waits: Pick<Words, 'outage' | 'code' | 'ended' | 'took' | 'reviewed'> = {
  outage: {
    connecting: '正在连接…',
    reconnecting: '正在重新连接…',
    offline: '此设备处于离线状态。',
    relay: '无法连接到服务器。',
    peer: '对方目前不在线。',
    relayDetails: (since, until) => `自 ${since} 起没有连接。恢复后会自动继续，等到 ${until} 为止。`,
    peerDetails: (since, until) => `自 ${since} 起未连接。对方回来后会自动继续，等到 ${until} 为止。`,
    peerOnceDetails: (since, until) =>
      `自 ${since} 起未连接。如果对方的 p2p-copy 仍在运行，会自动继续，等到 ${until} 为止。如果对方已关闭，则无法继续。`,
    kept: '已到达的内容会保留。',
    codeRests: '在此期间没有人能使用该代码。请保持此标签页打开。',
    acceptLater: '对方恢复连接后即可接受。',
    newCode: '新代码，相同的文件',
    newCodeHint: '使用新代码后，对方看到的这个列表随即结束。',
    putOff: '稍后',
    putOffHint: '选择“稍后”会把它放到首页；只要发送方还在等待，就可以在那里查看。',
    declinedUntold: '没有接收任何内容。对方未连接，因此没有得到通知。',
    opened: '您打开过这个代码，因此正从同一发送方获取列表。',
    openAnew: '这是另一个代码',
    relayEnded: (since) => `自 ${since} 起无法连接到服务器。`,
    offlineEnded: (since) => `此设备自 ${since} 起处于离线状态。`,
    relayAgain: '请检查此设备的连接。恢复后，点一下即可获得新代码。',
    relayJoin: '请检查此设备的连接，然后再次输入代码。',
    tryAgain: '再试一次该代码',
    relayResume: '请检查此设备的连接。恢复后，如果对方仍在等待，可从首页继续。',
    peerEnded: (since) => `对方没有回来；最后一次在线是 ${since}。`,
    receiverResume:
      '如果对方重新打开 p2p-copy 并在那里继续，您可以从这里的首页继续。如果不行，请用新代码发送相同的文件。',
    receiverAgain: '请问对方是否准备好，并告诉对方相同文件的新代码。',
    senderResume: '请发送方重新打开 p2p-copy 并在那里继续，然后从这里的首页继续。',
    senderAgain: '没有接收任何内容。请向发送方要一个新代码。',
    senderLost: '无法继续。完整到达的文件会保留。请向发送方要一个新代码。',
  },
  code: {
    validUntil: (time) => `该代码只能使用一次，有效至 ${time}。`,
    lost: '服务器已重新启动，上一个代码的数字现在属于别人。这是相同文件的新代码。',
  },
  ended: {
    finish: '完成',
    finishOf: (title) => `完成 ${title}`,
    probablyThere:
      '关闭时全部内容都已到达对方，只缺确认。请先询问对方：很可能无需再做什么。也可以再次选择这些文件，届时会寻找对方 20 秒。',
  },
  took: {
    seconds: (seconds) => `${seconds} 秒`,
    minutes: (minutes, seconds) => `${minutes} 分 ${seconds} 秒`,
    hours: (hours, minutes) => `${hours} 小时 ${minutes} 分`,
    time: (duration) => `用时 ${duration}。`,
    average: (duration, rate) => `用时 ${duration}，平均 ${rate}。`,
  },
  reviewed: {
    notAccepted: '尚未接受',
    resume: '查看',
    resumeOf: (title) => `查看 ${title}`,
    unknownOffer: '一份传输',
  },
};
