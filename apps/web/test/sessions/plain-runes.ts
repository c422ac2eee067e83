// Svelte's runes as plain values: state classes then run without a page. To be imported before them; nothing derived is
// kept up to date.
const plain = <T>(value: T): T => value;

Object.assign(globalThis, { $state: Object.assign(plain, { raw: plain }), $derived: plain });
