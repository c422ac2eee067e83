// A name for what can't have its own, because something else has it.

const MAX_NAME_BYTES = 255;

/** The nth name to try: for 0 the name itself. */
export function numberedName(name: string, n: number): string {
  if (n === 0) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  const end = ` (${n})${extension}`;
  let stem = dot > 0 ? name.slice(0, dot) : name;
  while (stem !== '' && byteLength(stem + end) > MAX_NAME_BYTES) stem = [...stem].slice(0, -1).join('');
  return stem + end;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
