// The name beside a name that is taken: `photo.jpg` becomes `photo (1).jpg`.

const MAX_NAME_BYTES = 255;

/** `path` with a number before its extension, cut where a file system would refuse the length. */
export function numberedPath(path: string, number: number): string {
  const slash = path.lastIndexOf('/') + 1;
  const name = path.slice(slash);
  // A dot at the start hides a file and begins no extension; neither does one before a very long ending.
  const dot = name.lastIndexOf('.');
  const hasExtension = dot > 0 && name.length - dot <= 16;
  const stem = hasExtension ? name.slice(0, dot) : name;
  const ending = ` (${number})${hasExtension ? name.slice(dot) : ''}`;
  return path.slice(0, slash) + cut(stem, MAX_NAME_BYTES - Buffer.byteLength(ending)) + ending;
}

function cut(text: string, bytes: number): string {
  let kept = text;
  while (Buffer.byteLength(kept) > bytes) kept = [...kept].slice(0, -1).join('');
  return kept;
}
