// The editor of a draft: line numbers beside the text, marks where something is wrong, Tab and Ctrl+S.
const form = document.querySelector('[data-editor]');
const text = form.querySelector('textarea');
const gutter = form.querySelector('[data-gutter]');
const marked = new Set(gutter.dataset.marked.split(' ').filter(Boolean).map(Number));
let lines = 0;
let leaving = false;
let isSent = false;
const before = text.value;

function number() {
  const count = text.value.split('\n').length;
  if (count === lines) return;
  lines = count;
  gutter.replaceChildren();
  for (let line = 1; line <= count; line += 1) {
    if (marked.has(line)) {
      const mark = document.createElement('span');
      mark.className = 'marked';
      mark.textContent = line;
      gutter.append(mark, '\n');
    } else gutter.append(`${line}\n`);
  }
}

function goTo(line) {
  const rows = text.value.split('\n');
  const start = rows.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (rows[line - 1] ?? '').length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
}

function indent() {
  const { selectionStart: start, selectionEnd: end } = text;
  text.setRangeText('  ', start, end, 'end');
  text.dispatchEvent(new Event('input', { bubbles: true }));
}

text.addEventListener('input', number);
text.addEventListener('scroll', () => { gutter.scrollTop = text.scrollTop; });
text.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') leaving = true;
  else if (event.key === 'Tab' && !event.shiftKey && !leaving && !text.readOnly) {
    event.preventDefault();
    indent();
  } else leaving = false;
});
document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's' && !text.readOnly) {
    event.preventDefault();
    form.requestSubmit();
  }
});
document.addEventListener('click', ({ target }) => {
  const link = target.closest('a[data-line]');
  if (link) goTo(Number(link.dataset.line));
});
form.addEventListener('submit', () => { isSent = true; });
window.addEventListener('beforeunload', (event) => {
  if (!isSent && text.value !== before) event.preventDefault();
});
number();
const wanted = /^#line-(\d+)$/.exec(window.location.hash);
if (wanted) goTo(Number(wanted[1]));
