// The page's part of WebRTC, which comes after the first load.
export { ConnectionHost } from './connection-host.ts';
