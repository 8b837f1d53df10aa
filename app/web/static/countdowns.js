// Countdowns: <span class="countdown" data-due="ISO instant" data-warn="seconds"></span>.
// The page comes with their words (app/web/times.py); here they go on.
const UNITS = {
  zh: { d: ' 天', h: ' 小时', m: ' 分', s: ' 秒', left: '剩 ', over: '超时 ' },
  en: { d: ' d', h: ' h', m: ' min', s: ' s', left: '', over: 'late by ' },
};

function spoken(seconds, units) {
  const total = Math.abs(Math.trunc(seconds));
  const days = Math.floor(total / 86400);
  const hours = Math.floor((total % 86400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const parts = days ? [[days, units.d], [hours, units.h]]
    : hours ? [[hours, units.h], [minutes, units.m]]
      : minutes >= 10 ? [[minutes, units.m]]
        : [[minutes, units.m], [total % 60, units.s]];
  return parts.filter(([count]) => count).map(([count, unit]) => count + unit).join(' ') || `0${units.s}`;
}

function tick() {
  const units = UNITS[document.body.dataset.language === 'en-US' ? 'en' : 'zh'];
  for (const element of document.querySelectorAll('[data-due]')) {
    const seconds = (Date.parse(element.dataset.due) - Date.now()) / 1000;
    const warn = Number(element.dataset.warn || 600);
    const state = seconds < 0 ? 'late' : seconds < warn ? 'soon' : 'calm';
    const text = (seconds < 0 ? units.over : units.left) + spoken(seconds, units);
    if (element.textContent !== text) element.textContent = text;
    for (const name of ['late', 'soon', 'calm']) element.classList.toggle(name, name === state);
  }
}

export function watchCountdowns() {
  tick();
  setInterval(tick, 1000);
  document.addEventListener('htmx:after:swap', tick);
}
