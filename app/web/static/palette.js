// The command palette: Ctrl-K, type, arrows, Enter. What no command answers is searched for.
export function openPalette() {
  const dialog = document.getElementById('palette');
  const input = dialog.querySelector('input');
  const empty = dialog.querySelector('.palette-empty');
  const options = () => [...dialog.querySelectorAll('[role="option"]')];
  const shown = () => options().filter((option) => !option.hidden);

  function choose(option) {
    for (const one of options()) one.setAttribute('aria-selected', String(one === option));
    option?.scrollIntoView({ block: 'nearest' });
  }
  function filter() {
    const words = input.value.trim().toLowerCase();
    for (const option of options()) option.hidden = !option.dataset.words.toLowerCase().includes(words);
    empty.hidden = shown().length > 0;
    choose(words ? shown()[0] : null);
  }
  function run(option) {
    dialog.close();
    if (option.dataset.command) location.assign(option.dataset.command);
    else document.querySelector(option.dataset.click)?.click();
  }
  function open() {
    for (const command of document.querySelectorAll('template[data-commands]')) {
      if (!command.dataset.taken) dialog.querySelector('ul').prepend(command.content.cloneNode(true));
      command.dataset.taken = 'yes';
    }
    input.value = '';
    filter();
    dialog.showModal();
    input.focus();
  }

  input.addEventListener('input', filter);
  dialog.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) run(option);
    else if (event.target === dialog) dialog.close();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault(); // a search field would only be emptied
      dialog.close();
    }
    const list = shown();
    const at = list.findIndex((option) => option.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      choose(list[(at + (event.key === 'ArrowDown' ? 1 : list.length - 1) + (at < 0 ? list.length : 0)) % list.length] ?? list[0]);
    } else if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      run(list[at]);
    }
  });
  for (const button of document.querySelectorAll('[data-palette-open]')) button.addEventListener('click', open);
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      open();
    }
  });
}
