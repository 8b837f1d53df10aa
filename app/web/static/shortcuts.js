import { showHelp } from './shortcut-help.js';

// Keys for people on the phone: g d to the desk, j and k through a list, / to search, ? for help.
// A button or link with data-key="x" is pressed by x, a field with data-key-focus="x" is gone to;
// Ctrl-Enter sends the form that one is writing in.
function isTyping(target) {
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

function placeOf(key) {
  const hint = [...document.querySelectorAll('.sidebar kbd')].find((one) => one.textContent === `g ${key}`);
  return hint?.closest('a')?.href;
}

function move(step) {
  const rows = [...document.querySelectorAll('.rows > li, tr[data-row]')];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains('current'));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  for (const row of rows) row.classList.toggle('current', row === next);
  next.querySelector('a')?.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function press(key, event) {
  const field = document.querySelector(`[data-key-focus="${CSS.escape(key)}"]`);
  if (!field) return document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
  event.preventDefault();
  field.focus();
}

function bindSending() {
  addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.target.tagName !== 'TEXTAREA') return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });
}

export function bindShortcuts() {
  let waiting = false;
  const help = document.getElementById('shortcuts');
  bindSending();
  for (const button of document.querySelectorAll('[data-shortcuts-open]')) button.addEventListener('click', () => showHelp(help));
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const { key } = event;
    if (waiting) {
      waiting = false;
      const place = placeOf(key);
      if (place) location.assign(place);
    } else if (key === 'g') {
      waiting = true;
      setTimeout(() => { waiting = false; }, 1500);
    } else if (key === 'j' || key === 'k') move(key === 'j' ? 1 : -1);
    else if (key === '?') showHelp(help);
    else if (key === '/') {
      event.preventDefault();
      document.querySelector('[data-palette-open]').click();
    } else press(key, event);
  });
}
