// The preview of the menus: what is heard now is read aloud on demand; keys of the keyboard press keys.
const button = document.querySelector('[data-read]');
const heard = [...document.querySelectorAll('[data-now]')];

function read() {
  window.speechSynthesis.cancel();
  for (const part of heard) {
    const spoken = new SpeechSynthesisUtterance(part.textContent);
    spoken.lang = part.lang;
    window.speechSynthesis.speak(spoken);
  }
}

if (button && heard.length && 'speechSynthesis' in window) {
  button.hidden = false;
  button.addEventListener('click', read);
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
  const key = [...document.querySelectorAll('[data-digit]')].find((one) => one.dataset.digit === event.key);
  if (key) key.click();
});
const now = heard[0]?.closest('li');
const conversation = document.querySelector('[data-conversation]');
if (now && conversation.scrollHeight > conversation.clientHeight) conversation.scrollTop = now.offsetTop - conversation.offsetTop;
else now?.scrollIntoView({ block: 'nearest' });
