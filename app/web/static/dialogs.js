// Forms in a dialog: a link with hx-target="#dialog" fetches one; without scripts it leads to a page.
// An answer with the header HX-Trigger {"done": {}} closes it, and fragments refresh by `done`.
export function bindDialogs() {
  const dialog = document.getElementById('dialog');
  if (!dialog) return;
  let opener = null;

  document.addEventListener('htmx:before:request', ({ detail }) => {
    const source = detail.ctx?.sourceElement; // what a page fetches by itself in between opens nothing
    if (source?.getAttribute('hx-target') === '#dialog' && !dialog.contains(source)) opener = source;
  });
  document.addEventListener('htmx:after:swap', () => {
    if (!dialog.querySelector('form')) return;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector('[autofocus], .field-error')?.focus();
  });
  document.addEventListener('done', () => dialog.close());
  document.addEventListener('click', ({ target }) => {
    if (target === dialog || target.closest?.('#dialog [data-close]')) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.replaceChildren();
    const menu = opener?.closest?.('details.menu:not([open])'); // what it was chosen from has closed
    (menu?.querySelector('summary') ?? opener)?.focus?.();
  });
}
