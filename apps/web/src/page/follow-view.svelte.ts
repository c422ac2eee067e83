// What the browser around the page does with what the page shows: the tab's title and icon, the screen that stays on,
// the warning before the tab closes, the notification at the end.
import { untrack } from 'svelte';
import { reviewOfTab } from '../capabilities/review-of-tab.ts';
import { announcementOf } from './announcement.ts';
import type { AppState, View } from './app-state.svelte.ts';
import type { EndNotice } from './end-notice.svelte.ts';
import type { Recent } from './recents.svelte.ts';
import { stayAwake } from './stay-awake.ts';
import { showTabIcon } from './tab-icon.ts';
import { tabSignsOf } from './tab-signs.ts';

const MOVING = new Set(['sending', 'receiving', 'resuming']);

/** To be called while the page's frame is set up. */
export function followView(app: AppState, notice: EndNotice): void {
  const signs = $derived(tabSignsOf(app.view));
  const isMoving = $derived(
    (app.view.name === 'send' || app.view.name === 'receive') && MOVING.has(app.view.session.state.name),
  );
  const ending = $derived(endingOf(app.view));
  const done = $derived(doneOf(app.view));

  $effect(() => {
    document.title = signs.title;
  });
  $effect(() => showTabIcon(signs.percent));
  $effect(() => (isMoving ? stayAwake() : undefined));

  $effect(() => {
    if (ending !== null) void notice.tell(signs.title, ending);
    else if (!isMoving) notice.reset();
  });

  $effect(() => reviewOfTab.keep(app.view.name === 'receive' ? app.view.session.reviewId : null));

  $effect(() => {
    if (done !== null) untrack(() => app.recents.note(done));
  });

  // Only while it is needed: a page with this listener loads slower when one comes back to it.
  $effect(() => {
    if (!app.wouldEnd) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  });
}

/** What ended well; null while nothing has. The view doesn't change any more then. */
function doneOf(view: View): Recent | null {
  if ((view.name !== 'send' && view.name !== 'receive') || view.session.state.name !== 'done') return null;
  const { files, bytes } = view.session.state.result;
  const kind = view.name === 'send' ? 'sent' : 'received';
  return { kind, title: untrack(() => view.session.listedTitle), files, bytes, endedMs: Date.now() };
}

/** How it ended, for someone who looks elsewhere; null while nothing has. */
function endingOf(view: View): string | null {
  if (view.name !== 'send' && view.name !== 'receive') return null;
  const { state } = view.session;
  if (state.name === 'failed') return state.problem.sentence;
  return state.name === 'done' ? announcementOf(view) : null;
}
