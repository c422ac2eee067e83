// The page's entry.
import { mount } from 'svelte';
import App from './app.svelte';
import './app.css';
import { spoken } from './i18n/spoken.svelte.ts';

// Else the page would be seen to change its language.
await spoken.start();
mount(App, { target: document.querySelector('#app')! });
