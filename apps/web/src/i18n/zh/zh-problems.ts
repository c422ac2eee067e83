// Chinese endings.
import type { AllProblems } from '../problem-words.ts';

const KEPT = '已完整到达的文件会保留。';

export const problems: AllProblems = {
  'relay-unreachable': { sentence: '无法连接此页面的服务器。', next: '请检查网络连接后再试。' },
  'not-a-relay': { sentence: '此页面的服务器没有正确响应。', next: '请重新加载页面后再试。' },
  'relay-version': { sentence: '此页面与其服务器的版本不一致。', next: '请重新加载页面后再试。' },
  'relay-full': { sentence: '服务器目前没有空位。', next: '请几分钟后再试。' },
  'rate-limited': { sentence: '短时间内从这里尝试的次数太多。', next: '请等一分钟后再试。' },
  'relay-refused': { sentence: '服务器拒绝了连接。', next: '请重新加载页面后再试。' },
  'relay-token-needed': {
    sentence: '只有持有访问令牌的人才能通过此服务器发送。',
    next: '请向此服务器的运营者索取令牌。凭代码接收不需要令牌。',
  },
  'relay-token-refused': {
    sentence: '此服务器不认识该访问令牌，或令牌已被撤销。',
    next: '请检查令牌是否完整、是否属于此服务器，或向运营者索取新的令牌。',
  },
  'relay-token-expired': {
    sentence: '此服务器的访问令牌已过期。',
    next: '请向此服务器的运营者索取新的令牌。',
  },
  'origin-refused': {
    sentence: '服务器不允许此地址。',
    next: '请用服务器自己的地址打开此页面，或告知此服务器的运营者：其日志中说明了该如何设置。',
  },
  'relay-without-rooms': {
    sentence: '此服务器不支持设备间互相发现的房间。',
    next: '请联系其运营者更新服务器，或打开其他服务器的页面。',
  },
  'room-full': {
    sentence: '服务器上此房间内的设备过多。',
    next: '请稍后再试，或请此服务器的运营者扩大房间。',
  },
  'redirect-refused': { sentence: '服务器让此页面连接一个不安全的地址。', next: '请告知此服务器的运营者。' },
  'relay-limit-transfer': {
    sentence: '服务器为单次传输转发的数据已达上限。',
    next: `${KEPT}请联系此服务器的运营者，或用其他方式发送其余文件。`,
  },
  'relay-limit-day': {
    sentence: '所用的访问令牌已用完服务器允许的每日流量。',
    next: `${KEPT}请明天继续，或向此服务器的运营者申请更多流量。`,
  },
  'relay-limit-time': {
    sentence: '此连接的时长已达服务器允许的上限。',
    next: `${KEPT}请重新开始以发送其余文件。`,
  },
  'relay-limit-idle': {
    sentence: '长时间没有数据传输，服务器已断开连接。',
    next: `${KEPT}请在双方都准备好后重新开始。`,
  },
  'relay-limit-network': {
    sentence: '服务器不接受来自此网络的连接。',
    next: '请换一个网络，或联系此服务器的运营者。',
  },
  'unknown-code': {
    sentence: '没有这个代码：可能输错、已用过或已过期。',
    next: '请与发送方的屏幕核对，或要一个新代码。',
  },
  'code-in-use': { sentence: '已有别人在使用这个代码。', next: '请要一个新代码。' },
  'sender-away': {
    sentence: '发送方目前没有连接。',
    next: '请问对方的 p2p-copy 是否还在等待，然后再试。',
  },
  'code-taken': { sentence: '该代码的数字已被占用。', next: '请重新开始以获得空闲的数字。' },
  'bad-code': { sentence: '这不是代码。', next: '代码由一个数字和几个单词组成，例如 7-guitar-ocean。' },
  'wait-expired': { sentence: '太久没有人使用该代码。', next: '请重新开始以获得新代码。' },
  'wrong-code': {
    sentence: '代码中的单词不对，或有人在猜。请不要再使用这个代码。',
    next: '请使用新代码。',
    ofSide: {
      send: '没有发送任何内容。请把此页面显示的新代码告诉对方。',
      receive: '请输入发送方屏幕上现在显示的代码。',
    },
  },
  'possible-guess': {
    sentence: '在此确认代码中的单词之后，发送方没有应答：连接已断开，或有人在途中猜了一次代码。',
    next: '再试之前，请询问发送方该代码是否仍在等待。如果再次发生，请要一个新代码。',
  },
  'code-spent': {
    sentence: '此代码在这里已确认三次而没有应答，不再使用：可能有人在猜它。',
    next: '请向发送方要一个新代码；如果再次发生，请换一个网络或服务器。',
  },
  'pair-same-device': {
    sentence: '两边是同一台设备。',
    next: '请在一台设备上显示代码，在另一台设备上输入。',
  },
  'pair-needs-full': {
    sentence: '这两台设备都不能把设备加入群组：浏览器中的页面没有这个能力。',
    next: '请让它们分别与装有 p2p-copy 命令的设备配对。',
  },
  'pair-two-groups': {
    sentence: '这两台设备属于不同的群组，而群组不会合并。',
    next: '请在其中一台设备上退出群组，然后重新配对。',
  },
  'pair-words-differ': {
    sentence: '两台设备上的词语不相同：可能有人在中间窃读。',
    next: '没有进行配对。请换一个网络再试。',
  },
  'not-in-group': {
    sentence: '其中一台设备不是或不再是该群组的成员。',
    next: '请查看设备列表；如果它应当在其中，请重新配对。',
  },
  'device-away': {
    sentence: '该设备目前不在线。',
    next: '请在该设备上启动 p2p-copy 并让它接收，然后重试。',
  },
  'device-idle': {
    sentence: '该设备在线，但目前没有在接收。',
    next: '请让它接收，然后重试。',
  },
  'device-busy': {
    sentence: '该设备正在接收其他内容。',
    next: '请等它完成后再试。',
  },
  'group-changed': {
    sentence: '此设备的群组在此期间发生了变化。',
    next: '没有因此更改任何内容。请查看设备列表，然后重试。',
  },
  'code-disturbed': {
    sentence: '有人多次打开此代码又中途离开，因此不再提供该代码。',
    next: '没有发送任何内容。请用新代码重新开始；如果再次发生，请换一个网络或服务器。',
  },
  'peer-outdated': {
    sentence: '对方需要更新的版本才能继续。',
    next: '请对方重新加载页面或更新 p2p-copy，然后重新开始。',
  },
  'load-failed': {
    sentence: '此页面的一部分无法加载：网络连接不佳，或服务器上已有更新的页面。',
    next: '请重新加载页面，然后重新开始。',
  },
  'update-needed': {
    sentence: '对方使用了此页面还不认识的功能。',
    next: '请重新加载此页面以获得最新版本，然后重新开始。',
  },
  'peer-version': { sentence: '对方的版本与此不兼容。', next: '请把双方更新到相同版本。' },
  declined: {
    sentence: '对方已拒绝。',
    next: '没有传输任何内容。',
    ofSide: { receive: '没有保存任何内容，并已告知发送方。' },
  },
  cancelled: { sentence: '对方已取消。', next: `${KEPT}双方准备好后请重新开始。` },
  stopped: { sentence: '对方已暂时停止。', next: `${KEPT}双方准备好后请重新开始。` },
  discarded: {
    sentence: '对方已彻底停止。',
    next: '它无法继续。要再次发送，请用新的代码开始。',
    ofSide: { receive: `${KEPT}请对方重新发送其余部分。` },
  },
  interrupted: { sentence: '您已取消。', next: '没有保存任何不完整的内容。准备好后请重新开始。' },
  'no-direct-path': {
    sentence: '没有找到通往对方的直接路径，而其中一方不接受其他路径。',
    next: '对方只接受直接路径。请重新开始，并让对方也允许经由此服务器传输。',
  },
  'no-quic': { sentence: '只允许使用 QUIC，而此设备不支持 QUIC。', next: '请选择其他路径。' },
  unconfirmed: {
    sentence: '所有文件都已送达，但没有收到对方的确认。',
    next: '很可能已全部到达：请向对方确认。',
  },
  'peer-gone': { sentence: '与对方的连接已断开。', next: `${KEPT}双方都在线时请重新开始。` },
  'connection-lost': { sentence: '连接已断开。', next: `${KEPT}请检查网络连接后重新开始。` },
  'peer-silent': { sentence: '对方不再响应。', next: `${KEPT}双方都在线时请重新开始。` },
  'protocol-violation': { sentence: '对方发来了不该有的内容。', next: '请把双方更新到相同版本后重新开始。' },
  'authentication-failed': {
    sentence: '途中有数据被改动，传输已停止。',
    next: '没有保存任何错误的内容。请重新开始，必要时换一个网络。',
  },
  'digest-mismatch': {
    sentence: '有文件与其校验和不符。',
    next: '没有保存任何错误的内容。请重新发送。',
    ofSide: { receive: '没有保存任何错误的内容。请发送方重新发送。' },
  },
  'limit-exceeded': {
    sentence: '超出了一次可传输的数量。',
    next: '请分开发送，或先打包成一个文件。',
    ofSide: { receive: '请发送方分开发送。' },
  },
  'source-unreadable': {
    sentence: '有文件无法读取。',
    next: '请检查它是否还在、能否打开。',
    ofSide: { receive: '请发送方检查后重新发送。' },
  },
  'source-changed': {
    sentence: '有文件在发送时被改动。',
    next: '请在没有人编辑它时重新发送。',
    ofSide: { receive: '请发送方在没有人编辑它时重新发送。' },
  },
  incomplete: {
    sentence: '有些文件没有传输。',
    next: '其余已完整到达。请重新发送缺少的文件。',
    ofSide: { receive: '其余已完整到达。请发送方重新发送缺少的文件。' },
  },
  'nothing-to-send': { sentence: '没有可发送的内容。', next: '请选择文件或文件夹，或写一条消息。' },
  'path-refused': {
    sentence: '有文件名存在危险，已被拒绝。',
    next: '需要换一个名称。',
    ofSide: { send: '请重命名后重新发送。', receive: '请发送方重命名。' },
  },
  'name-impossible': {
    sentence: '有名称无法在接收设备上使用。',
    next: '需要换一个名称。',
    ofSide: { send: '请重命名，或发送到另一台设备。', receive: '请发送方重命名，或在另一台设备上接收。' },
  },
  'no-space': {
    sentence: '接收设备空间不足。',
    next: '请在该设备上腾出空间后重新开始。',
    ofSide: { send: '请接收方腾出空间，然后重新发送。' },
  },
  'sink-failed': {
    sentence: '接收设备无法保存文件。',
    next: '请检查文件夹及其权限后重新开始。',
    ofSide: { send: '请接收方检查文件夹，然后重新发送。' },
  },
  'part-changed': {
    sentence: '有文件在接收完整之前被其他程序更改。',
    next: '它没有以原名保存。请查明哪个程序在写入该文件夹，然后重新开始。',
    ofSide: { send: '请接收方查明哪个程序在写入该文件夹，然后重新发送。' },
  },
  exists: {
    sentence: '已有同名文件。',
    next: '请选择另一个位置。',
    ofSide: { send: '请询问接收方如何处理已有的文件，然后重新发送。' },
  },
};
