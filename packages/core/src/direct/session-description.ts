// A session description of WebRTC, from a template: the other end gives only its parts, which were checked one by one. RFC 8829,
// 8839 and 8841; docs/PROTOCOL.md section 18.
import type { RtcCandidate, RtcDescription } from '../ports/rtc-network.ts';

/** Longest message that a data channel takes, as both ends say; pieces are shorter. */
const MAX_MESSAGE_BYTES = 262_144;
const LINE_END = '\r\n';

/**
 * The description as SDP. The end that answers is the client of DTLS.
 * @param kind of the description that the other end made
 */
export function sessionDescription(description: RtcDescription, kind: 'offer' | 'answer'): string {
  const { ufrag, password, fingerprint, candidates } = description;
  const hash = [...fingerprint].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=sendrecv',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:sha-256 ${hash}`,
    `a=setup:${kind === 'offer' ? 'actpass' : 'active'}`,
    'a=sctp-port:5000',
    `a=max-message-size:${MAX_MESSAGE_BYTES}`,
    ...candidates.map((candidate, index) => `a=${candidateLine(candidate, index)}`),
  ];
  return lines.join(LINE_END) + LINE_END;
}

/** A candidate as ICE writes it. @param index of it: the first is preferred among those of its type */
function candidateLine({ host, port, type }: RtcCandidate, index: number): string {
  const preference = type === 'host' ? 126 : 100;
  const priority = preference * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255;
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 9';
  return `candidate:${index + 1} 1 UDP ${priority} ${host} ${port} typ ${type}${related}`;
}

/** What a platform's own description says. @throws Error where a part is missing */
export function readSessionDescription(sdp: string): RtcDescription {
  const lines = sdp.split(/\r?\n/);
  const partOf = (name: string) => {
    const line = lines.find((each) => each.toLowerCase().startsWith(`a=${name}:`));
    if (line === undefined) throw new Error(`a session description without ${name}`);
    return line.slice(name.length + 3).trim();
  };
  const [, hash] = partOf('fingerprint').split(' ');
  return {
    ufrag: partOf('ice-ufrag'),
    password: partOf('ice-pwd'),
    fingerprint: Uint8Array.from((hash ?? '').split(':'), (byte) => Number.parseInt(byte, 16)),
    candidates: lines.map(readCandidate).filter((candidate) => candidate !== null),
  };
}

/** Null for a line that isn't a candidate over UDP of a kind that the other end is told of. */
function readCandidate(line: string): RtcCandidate | null {
  const [, protocol, host, port, type] =
    /^a=candidate:\S+ 1 (\S+) \d+ (\S+) (\d+) typ (host|srflx)\b/i.exec(line) ?? [];
  if (protocol?.toLowerCase() !== 'udp') return null;
  return { host: host!.toLowerCase(), port: Number(port), type: type === 'srflx' ? 'srflx' : 'host' };
}
