// The door of the classic room, `@p2p-copy/core/classic`: both ends of the Python tool's wire. Apps import it dynamically,
// so that no other transfer loads it. docs/CLASSIC.md.
export { classicEndpoint } from './classic-link.ts';
export type { ClassicPorts, ClassicReceiveOptions, ClassicSendOptions } from './classic-options.ts';
export { receiveClassic } from './receive-classic.ts';
export { sendClassic } from './send-classic.ts';
