// Short confirmations: an answer with the header HX-Trigger {"toast": {"text": …, "kind": …}}.
function show(text, kind) {
  const line = document.createElement('p');
  line.className = `toast-line ${kind ?? ''}`;
  line.textContent = text;
  document.getElementById('toasts').append(line);
  setTimeout(() => line.remove(), 5000);
}

export function bindToasts() {
  document.addEventListener('toast', (event) => show(event.detail.text ?? event.detail.value, event.detail.kind));
}
