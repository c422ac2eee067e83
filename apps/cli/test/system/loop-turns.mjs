// Loaded into a command by --import: writes how often its event loop turned, and the longest pause between two turns in
// milliseconds, to the file P2P_COPY_TEST_TURNS, ten times a second.
import { renameSync, writeFileSync } from 'node:fs';

let turns = 0;
let longestMs = 0;
let lastMs = performance.now();
let writtenMs = 0;
setInterval(() => {
  const nowMs = performance.now();
  turns += 1;
  longestMs = Math.max(longestMs, nowMs - lastMs);
  lastMs = nowMs;
  if (nowMs - writtenMs < 100) return;
  writtenMs = nowMs;
  // Renamed, since it is read at any moment.
  const file = process.env.P2P_COPY_TEST_TURNS;
  writeFileSync(`${file}.new`, JSON.stringify({ turns, longestMs: Math.round(longestMs) }));
  renameSync(`${file}.new`, file);
}, 1).unref();
