// The door of the page's classic room: its screens and the setup before a transfer. load-classic.ts alone imports it.
export { default as Calling } from './calling.svelte';
export { default as Classic } from './classic.svelte';
export { ClassicSetup } from './classic-setup.svelte.ts';
