// What can be done by keys: those of this page, as its buttons and fields are called, and those of all.
function nameOf(one) {
  const named = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent;
  if (named) return named.trim();
  const copy = one.cloneNode(true);
  for (const hint of copy.querySelectorAll('kbd')) hint.remove();
  return copy.textContent.trim();
}

function lineOf(key, name) {
  const [line, term, hint, told] = ['div', 'dt', 'kbd', 'dd'].map((tag) => document.createElement(tag));
  line.className = 'of-page';
  hint.textContent = key;
  told.textContent = name;
  term.append(hint);
  line.append(term, told);
  return line;
}

export function showHelp(help) {
  const list = help.querySelector('dl');
  for (const old of list.querySelectorAll('.of-page')) old.remove();
  const keys = new Map();
  for (const one of document.querySelectorAll('main [data-key], main [data-key-focus]')) {
    const key = one.dataset.key ?? one.dataset.keyFocus;
    if (!keys.has(key)) keys.set(key, nameOf(one));
  }
  list.prepend(...[...keys].map(([key, name]) => lineOf(key, name)));
  help.showModal();
}
