// Time that runs: <span data-since="ISO instant"></span> shows 0:07, 12:40, 1:05:00 and goes on.
function shown(seconds) {
  const total = Math.max(0, Math.trunc(seconds));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const tail = String(total % 60).padStart(2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

function tick() {
  for (const element of document.querySelectorAll('[data-since]')) {
    const text = shown((Date.now() - Date.parse(element.dataset.since)) / 1000);
    if (element.textContent !== text) element.textContent = text;
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener('htmx:after:swap', tick);
