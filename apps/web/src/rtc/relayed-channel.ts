// A data channel for a worker of a browser that can't transfer one: the page passes everything on, over a port.
import { RTC_LOW_BYTES } from '@p2p-copy/core';
import type { FromRelayedChannel, ToRelayedChannel } from '../contract/rtc-messages.ts';

/** The worker's end of a port over which the channel is used. */
export function relayedChannel(channel: RTCDataChannel): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const tell = (message: FromRelayedChannel, transfer: Transferable[] = []) =>
    port1.postMessage(message, transfer);
  /** Given to the channel, and not yet told of as taken by the network. */
  let untakenBytes = 0;
  const tellTaken = () => {
    if (untakenBytes === 0 || channel.bufferedAmount > RTC_LOW_BYTES) return;
    tell({ takenBytes: untakenBytes });
    untakenBytes = 0;
  };
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = RTC_LOW_BYTES;
  channel.onopen = () => tell('open');
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    // Text is no part of what two ends say.
    if (typeof data === 'string') channel.close();
    else tell(data, [data]);
  };
  channel.onbufferedamountlow = tellTaken;
  channel.onclose = () => tell('closed');
  port1.onmessage = ({ data }: MessageEvent<ToRelayedChannel>) => {
    if (data === 'close') return channel.close();
    try {
      channel.send(data);
      untakenBytes += data.byteLength;
      tellTaken();
    } catch {
      // Closed meanwhile, or its queue is full: a message is missing.
      channel.close();
    }
  };
  if (channel.readyState === 'open') tell('open');
  return port2;
}
