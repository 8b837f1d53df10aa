// What a telephone says aloud: the browser's own voice, one sentence after another.
// Several phones share the one voice, so a phone speaks only while it is not muted.

const waiting = [];
let current = null;

export function speak(phone, text, language) {
  if (!("speechSynthesis" in window) || phone.muted || !text) return;
  waiting.push({ phone, text, language });
  if (!current) next();
}

export function hush(phone) {
  for (let index = waiting.length - 1; index >= 0; index -= 1) {
    if (waiting[index].phone === phone) waiting.splice(index, 1);
  }
  if (current?.phone === phone) window.speechSynthesis.cancel();
}

function next() {
  current = waiting.shift() ?? null;
  if (!current) return;
  const utterance = new SpeechSynthesisUtterance(current.text);
  utterance.lang = spoken(current.language);
  utterance.rate = 1.15;
  utterance.onend = utterance.onerror = next;
  window.speechSynthesis.speak(utterance);
}

function spoken(language) {
  return language.startsWith("cmn") || language === "" ? "zh-CN" : language;
}
