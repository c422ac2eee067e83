// Where a setting's value came from, as `--print-config` and errors name it.

export type Source =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly key: string }
  | { readonly kind: 'default' };

/** `--port`, `P2P_COPY_RELAY_PORT`, `port in relay.json`, or `default`. */
export function showSource(source: Source): string {
  switch (source.kind) {
    case 'flag':
    case 'environment':
      return source.name;
    case 'file':
      return `${source.key} in ${source.path}`;
    case 'default':
      return 'default';
  }
}
