// What a telephone says aloud, one after another: sentences in the browser's own voice, and files.
// Several phones share the one voice, so a phone speaks only while it is not muted.

const waiting = [];
let current = null;

export function speak(phone, text, language, url = "") {
  if (phone.muted || !text || !(url || "speechSynthesis" in window)) return;
  waiting.push({ phone, text, language, url });
  if (!current) next();
}

export function hush(phone) {
  for (let index = waiting.length - 1; index >= 0; index -= 1) {
    if (waiting[index].phone === phone) waiting.splice(index, 1);
  }
  if (current?.phone !== phone) return;
  if (current.sound) {
    current.sound.pause();
    next();
  } else {
    window.speechSynthesis.cancel();
  }
}

function next() {
  current = waiting.shift() ?? null;
  if (!current) return;
  if (current.url) {
    play(current);
    return;
  }
  const utterance = new SpeechSynthesisUtterance(current.text);
  utterance.lang = spoken(current.language);
  utterance.rate = 1.15;
  utterance.onend = utterance.onerror = next;
  window.speechSynthesis.speak(utterance);
}

function play(item) {
  item.sound = new Audio(item.url);
  const over = () => { if (current === item) next(); };
  item.sound.onended = item.sound.onerror = over;
  item.sound.play().catch(over);
}

function spoken(language) {
  return language.startsWith("cmn") || language === "" ? "zh-CN" : language;
}
