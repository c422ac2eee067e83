// What the browser around the page does with what the page shows: the tab's title and icon, the screen that stays on,
// the warning before the tab closes, the notification at the end.
import { announcementOf } from './announcement.ts';
import type { AppState, View } from './app-state.svelte.ts';
import type { EndNotice } from './end-notice.svelte.ts';
import { stayAwake } from './stay-awake.ts';
import { showTabIcon } from './tab-icon.ts';
import { tabSignsOf } from './tab-signs.ts';

const MOVING = new Set(['sending', 'receiving', 'rejoining']);

/** To be called while the page's frame is set up. */
export function followView(app: AppState, notice: EndNotice): void {
  const signs = $derived(tabSignsOf(app.view));
  const isMoving = $derived(
    (app.view.name === 'send' || app.view.name === 'receive') && MOVING.has(app.view.session.state.name),
  );
  const ending = $derived(endingOf(app.view));

  $effect(() => {
    document.title = signs.title;
  });
  $effect(() => showTabIcon(signs.percent));
  $effect(() => (isMoving ? stayAwake() : undefined));

  $effect(() => {
    if (ending !== null) void notice.tell(signs.title, ending);
    else if (!isMoving) notice.reset();
  });

  // Only while it is needed: a page with this listener loads slower when one comes back to it.
  $effect(() => {
    if (!app.wouldEnd) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  });
}

/** How it ended, for someone who looks elsewhere; null while nothing has. */
function endingOf(view: View): string | null {
  if (view.name !== 'send' && view.name !== 'receive') return null;
  const { state } = view.session;
  if (state.name === 'failed') return state.problem.sentence;
  return state.name === 'done' ? announcementOf(view) : null;
}
