// The telephone of the staff. A port is a line to a telephone network: open, close, answer, decline,
// hangUp, mute, keys, connect. What the talk is, and what may be done with it, the server says.
import { ExchangePort } from './softphone-exchange.js';
import { TwilioPort } from './softphone-twilio.js';
import './elapsed.js';

const root = document.querySelector('[data-softphone]');
const { page, address, exchange } = root.dataset;
const SHOWN = {
  ringing: ['answer', 'decline'],
  calling: ['hangUp'],
  talking: ['mute', 'keypad', 'hangUp'],
};
let line = 'starting';
let seen = '';
let connected = '';
let isMine = true;

async function ask(verb, fields = {}, options = {}) {
  return fetch(`/console/softphone/${verb}`, {
    method: 'POST',
    headers: { 'X-CSRF-Token': document.body.dataset.csrf, Accept: 'application/json' },
    body: new URLSearchParams(fields),
    ...options,
  });
}

function look() {
  document.body.dispatchEvent(new CustomEvent('phone-changed'));
}

function when(name, is) {
  const notice = root.querySelector(`[data-when="${name}"]`);
  if (notice) notice.hidden = !is;
}

function changed(state) {
  line = root.dataset.line = state;
  for (const button of root.querySelectorAll('.softphone-line [data-do]')) {
    button.hidden = !(SHOWN[state] ?? []).includes(button.dataset.do);
  }
  when('lost', state === 'lost');
  if (state !== 'talking') {
    showMuted(false);
    showKeypad(false);
  }
  const demo = root.querySelector('[data-demo]');
  if (demo) demo.hidden = !['talking', 'calling'].includes(state);
  if (state === 'ringing') document.title = `☎ ${document.title.replace(/^☎ /, '')}`;
  else document.title = document.title.replace(/^☎ /, '');
  look();
  // The server hears of an answer by the telephone network, a moment after the line here.
  if (state === 'talking') for (const soon of [300, 900]) setTimeout(beat, soon);
}

function heard(text, speaker) {
  const list = root.querySelector('[data-heard]');
  const item = document.createElement('li');
  const who = document.createElement('small');
  who.textContent = `${speaker || '热线'} `;
  item.append(who, text);
  list.append(item);
  list.scrollTop = list.scrollHeight;
}

const port = root.dataset.port === 'twilio'
  ? new TwilioPort({ changed, trouble: (name) => when(name, true), token: async () => (await (await ask('token')).json()).token })
  : new ExchangePort({ address, exchange, changed, heard });

function showMuted(muted) {
  const button = root.querySelector('[data-do="mute"]');
  button.setAttribute('aria-pressed', String(muted));
  button.querySelector('[data-unmuted]').hidden = muted;
  button.querySelector('[data-muted]').hidden = !muted;
}

function showKeypad(open) {
  root.querySelector('[data-keypad]').hidden = !open;
  root.querySelector('[data-do="keypad"]').setAttribute('aria-expanded', String(open));
}

const DEEDS = {
  open: start,
  answer: () => port.answer(),
  decline: () => port.decline(),
  mute: (button) => {
    const muted = button.getAttribute('aria-pressed') !== 'true';
    port.mute(muted);
    showMuted(muted);
  },
  keypad: () => showKeypad(root.querySelector('[data-keypad]').hidden),
  // The server hears of it first: whoever is cut off otherwise is offered to somebody else.
  hangUp: async () => {
    try { await ask('hang-up'); } finally { port.hangUp(); }
    look();
  },
};

root.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do], [data-key]');
  if (button?.dataset.do) DEEDS[button.dataset.do](button);
  else if (button) port.keys(button.dataset.key);
});
root.querySelector('[data-say]')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const field = event.target.querySelector('input');
  if (field.value.trim() && port.say(field.value.trim())) {
    heard(field.value.trim(), '我');
    field.value = '';
  }
});

// Without a line nobody can be rung here: silence lets callers go to others.
async function beat() {
  if (!isMine || ['starting', 'lost'].includes(line)) return;
  let told;
  try {
    const answer = await ask('beat', { page }, { signal: AbortSignal.timeout(4000) });
    if (answer.redirected || answer.status === 401) return location.reload();
    if (!answer.ok) return undefined;
    told = await answer.json();
  } catch {
    return undefined;
  }
  if (!told.mine) {
    isMine = false;
    port.close();
    when('elsewhere', true);
  }
  if (told.seen !== seen) look();
  seen = told.seen;
  if (told.connect && told.connect !== connected && line === 'idle') {
    connected = told.connect;
    port.connect(told.connect);
  }
  return undefined;
}

async function start() {
  await ask('open', { page });
  isMine = true;
  when('elsewhere', false);
  port.open();
  look();
}

if (root.dataset.port !== 'none') {
  const clock = new Worker(root.dataset.worker);
  clock.onmessage = beat;
  clock.postMessage({ seconds: Number(root.dataset.beat) });
  start();
  addEventListener('pagehide', () => {
    if (isMine) ask('close', { page }, { keepalive: true });
    port.close();
  });
}
