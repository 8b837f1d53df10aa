// The desk, the list and the page of tickets.
import { bindDialogs } from './dialogs.js';

// C takes the selected row, or the first that can be taken.
function bindClaims() {
  addEventListener('keydown', (event) => {
    const { target } = event;
    const typing = ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.isContentEditable;
    if (event.key !== 'c' || event.ctrlKey || event.metaKey || event.altKey || typing || document.querySelector('dialog[open]')) return;
    const row = document.querySelector('.rows > li.current');
    (row ?? document).querySelector('[data-claim]')?.click();
  });
}

// The bar of bulk actions is there while rows are selected, and shows what its action needs.
function bindBulk() {
  const form = document.querySelector('[data-bulk]');
  const bar = form?.querySelector('[data-bulk-bar]');
  if (!bar) return;
  const all = form.querySelector('[data-select-all]');
  const action = bar.querySelector('[data-bulk-action]');
  const count = bar.querySelector('[data-bulk-count]');
  const boxes = [...form.querySelectorAll('input[name="number"]')];

  function show() {
    const selected = boxes.filter((box) => box.checked).length;
    bar.hidden = selected === 0;
    count.textContent = count.dataset.text.replace('#', selected);
    all.checked = selected === boxes.length;
    all.indeterminate = selected > 0 && !all.checked;
    for (const field of bar.querySelectorAll('[data-for]')) field.hidden = !field.dataset.for.split(' ').includes(action.value);
  }
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener('change', show);
  addEventListener('keydown', (event) => {
    const box = document.querySelector('tr.current input[name="number"]');
    if (event.key !== 'x' || !box || ['INPUT', 'TEXTAREA', 'SELECT'].includes(event.target.tagName)) return;
    box.checked = !box.checked;
    show();
  });
  show();
}

// A form that stays on the page is emptied when it got through; its next sending is another one.
function bindResets() {
  document.addEventListener('htmx:after:request', ({ target, detail }) => {
    if (!target.matches?.('form[data-resets]') || !(detail.ctx?.response?.status < 400)) return;
    target.reset();
    target.elements.key.value = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  });
}

// A field that belongs to one choice of several chooses it: a date chooses "another time".
function bindChoices() {
  document.addEventListener('input', ({ target }) => {
    const wanted = target.dataset?.chooses;
    const choice = wanted && target.form.querySelector(`input[type="radio"][value="${CSS.escape(wanted)}"]`);
    if (choice) choice.checked = true;
  });
}

// A suggestion fills the field it belongs to.
function bindSuggestions() {
  document.addEventListener('click', ({ target }) => {
    const wanted = target.dataset?.fill;
    if (wanted) target.form.querySelector(wanted).value = target.value;
  });
}

bindDialogs();
bindClaims();
bindBulk();
bindResets();
bindChoices();
bindSuggestions();
