// What every page of the console does: live changes, countdowns, keys, menus, questions, drafts.
import { watchCountdowns } from './countdowns.js';
import { keepDrafts } from './drafts.js';
import { standAtForm } from './form-page.js';
import { listenForChanges } from './live.js';
import { bindMenus } from './menus.js';
import { openPalette } from './palette.js';
import { bindShortcuts } from './shortcuts.js';
import { askFirst } from './sure.js';
import { bindToasts } from './toasts.js';

standAtForm();
watchCountdowns();
keepDrafts();
bindToasts();
bindMenus();
askFirst();
if (document.body.dataset.live) {
  listenForChanges(document.body.dataset.live);
  openPalette();
  bindShortcuts();
  navigator.serviceWorker?.register('/console/worker.js', { scope: '/console' }).catch(() => {});
}
