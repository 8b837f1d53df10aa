// What somebody types into <textarea data-draft="key"> survives a reload, until it is sent.
const PREFIX = 'draft:';

function restore(root) {
  for (const field of root.querySelectorAll('[data-draft]')) {
    const kept = localStorage.getItem(PREFIX + field.dataset.draft);
    if (kept && !field.value) {
      field.value = kept;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }
}

export function keepDrafts() {
  restore(document);
  document.addEventListener('htmx:after:swap', () => restore(document));
  document.addEventListener('input', ({ target }) => {
    if (!target.dataset?.draft) return;
    if (target.value) localStorage.setItem(PREFIX + target.dataset.draft, target.value);
    else localStorage.removeItem(PREFIX + target.dataset.draft);
  });
  document.addEventListener('submit', ({ target }) => {
    // A plain form leaves the page; an htmx one says below whether it got through.
    if (![...target.attributes].some((one) => one.name.startsWith('hx-'))) forget(target);
  });
  document.addEventListener('htmx:after:request', (event) => {
    const { ctx } = event.detail ?? {};
    if (ctx?.response?.status < 400 && event.target instanceof HTMLFormElement) forget(event.target);
  });
}

function forget(form) {
  for (const field of form.querySelectorAll('[data-draft]')) localStorage.removeItem(PREFIX + field.dataset.draft);
}
