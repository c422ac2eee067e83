// Answers as Linux does of a stick with FAT, exFAT or HFS+, which this kernel can't mount. A test chooses the grain of its times by
// SYSTEM_ANSWERS: grain-2000 (FAT: Microsoft's FAT specification, "DIR_WrtTime", 2 s), grain-1000 (HFS+: Apple TN1150, "HFS Plus Dates",
// 1 s), grain-10 (exFAT: specification 7.4.8, "LastModified10msIncrement", 10 ms).
const { answer, chosen, systemError } = require('./answers.cjs');

const grain = Number([...chosen].find((word) => word.startsWith('grain-'))?.slice('grain-'.length) ?? 0);
if (grain > 0) {
  // Linux cuts times to the grain (fs/fat/misc.c, fat_truncate_time; fs/exfat/misc.c, exfat_truncate_atime and its kin).
  const cut = (seconds) => (Math.floor((Number(seconds) * 1000 + 0.001) / grain) * grain) / 1000;
  answer(['futimes', 'utimes'], {
    before(args) {
      for (const i of [1, 2]) args[i] = cut(args[i] instanceof Date ? args[i].getTime() / 1000 : args[i]);
    },
  });
}

// vfat and exfat have no hard links: EPERM (fs/namei.c, vfs_link, of a file system without that call).
answer(['link'], {
  before(args) {
    throw systemError('EPERM', 'link', args[0]);
  },
});
