// Reads the prompts of a node aloud by the browser's own voice, one at a time.
const speech = window.speechSynthesis;
let speaking = null;

const tag = (voice) => (voice.startsWith('cmn') ? 'zh-CN' : voice);

function stop() {
  speech?.cancel();
  speaking?.setAttribute('aria-pressed', 'false');
  speaking = null;
}

function complain(button) {
  const notice = button.closest('#node')?.querySelector('[data-no-voice]');
  if (notice) notice.hidden = false;
}

function speak(button) {
  const wasSpeaking = speaking === button;
  stop();
  if (wasSpeaking) return;
  const language = tag(button.dataset.voice);
  const spoken = language.split('-')[0];
  const voice = speech?.getVoices().find((one) => one.lang === language)
    ?? speech?.getVoices().find((one) => one.lang.startsWith(spoken));
  if (!voice) return complain(button);
  const utterance = new SpeechSynthesisUtterance(button.dataset.say);
  utterance.lang = language;
  utterance.voice = voice;
  utterance.onend = () => { if (speaking === button) stop(); };
  utterance.onerror = (event) => { if (!['canceled', 'interrupted'].includes(event.error)) complain(button); };
  speaking = button;
  button.setAttribute('aria-pressed', 'true');
  speech.speak(utterance);
}

speech?.getVoices(); // they are loaded when first asked for
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-say]');
  if (button) speak(button);
});
addEventListener('pagehide', stop);
