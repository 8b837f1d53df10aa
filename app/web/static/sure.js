// What cannot be taken back is asked about: <form data-sure="what will happen">.
export function askFirst() {
  const dialog = document.getElementById('sure');
  if (!dialog) return;
  let asked = null;

  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (!form.dataset.sure || asked?.agreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asked = { form, submitter };
    dialog.querySelector('[data-sure-words]').textContent = form.dataset.sure;
    dialog.querySelector('[data-sure-yes]').textContent = submitter?.textContent.trim() ?? '';
    dialog.showModal();
  }, true);
  dialog.querySelector('[data-sure-yes]').addEventListener('click', () => {
    asked.agreed = true;
    dialog.close();
    asked.form.requestSubmit(asked.submitter);
    asked = null;
  });
  dialog.addEventListener('close', () => {
    if (asked && !asked.agreed) asked.submitter?.focus();
  });
}
