// Which Node a checkout needs: those that its bundlers run on. The package itself runs on more.

/** Whether a version is in a range such as `^20.19.0 || >=22.12.0`. */
export function isInRange(version, range) {
  return range.split('||').some((part) => {
    const [, sign, least] = /^(\^|>=)(\S+)$/.exec(part.trim());
    return (
      compareVersions(version, least) >= 0 && (sign === '>=' || parseInt(version, 10) === parseInt(least, 10))
    );
  });
}

/** `20.19 or later of 20, or 22.12 or later` */
export function rangeInWords(range) {
  return range
    .split('||')
    .map((part) => {
      const [, sign, major, minor] = /^(\^|>=)(\d+)\.(\d+)/.exec(part.trim());
      return sign === '>=' ? `${major}.${minor} or later` : `${major}.${minor} or later of ${major}`;
    })
    .join(', or ');
}

function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
