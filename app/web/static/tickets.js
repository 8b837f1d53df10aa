// The desk, the list and the page of tickets.
import { bindDialogs } from './dialogs.js';

// C takes the selected row, or the first that can be taken.
function bindClaims() {
  addEventListener('keydown', (event) => {
    const { target } = event;
    const typing = ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.isContentEditable;
    if (event.key !== 'c' || event.ctrlKey || event.metaKey || event.altKey || typing || document.querySelector('dialog[open]')) return;
    const button = document.querySelector('.rows > li.current [data-claim]') ?? (document.querySelector('.rows > li.current') ? null : document.querySelector('[data-claim]'));
    button?.click();
  });
}

bindDialogs();
bindClaims();
