// The player of recordings: waveform, speed, pauses left out, each party alone, notes at a place.
// Sound comes only after saying that one listens (and why, where that is asked); what was really
// played is told to the server.
const JUMP_SECONDS = 5;
const TELL_EVERY_SECONDS = 15;
const PAUSE_LEFT_SECONDS = 0.25;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
const csrf = () => document.body.dataset.csrf ?? '';

async function post(url, fields) {
  const body = new URLSearchParams({ ...fields, csrf: csrf() });
  const answer = await fetch(url, { method: 'POST', body, headers: { 'X-CSRF-Token': csrf(), Accept: 'application/json' } });
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.detail ?? '');
  return told;
}

class Player {
  constructor(root) {
    this.root = root;
    this.base = root.dataset.recording;
    this.audio = new Audio();
    this.audio.preload = 'metadata';
    this.view = 'mix';
    this.listening = null;
    this.heard = 0;
    this.told = 0;
    this.last = null;
    this.bind();
    this.draw().catch(() => this.complain());
  }

  find(selector) { return this.root.querySelector(selector); }

  // The waveform

  async draw() {
    const answer = await fetch(`${this.base}/peaks`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error('no waveform');
    this.peaks = await answer.json();
    const { default: WaveSurfer } = await import(this.root.dataset.wavesurfer);
    const apart = this.peaks.channels.length > 1;
    this.wave = WaveSurfer.create({
      container: this.find('[data-wave]'),
      media: this.audio,
      peaks: this.peaks.channels.map((points) => points.map((point) => point / 127)),
      duration: this.peaks.seconds,
      height: apart ? 56 : 96,
      splitChannels: apart ? [{ waveColor: '#7d8a85' }, { waveColor: '#a79f8c' }] : undefined,
      waveColor: '#7d8a85',
      progressColor: '#0b6b57',
      cursorColor: '#1f2a27',
      cursorWidth: 2,
      normalize: true,
      hideScrollbar: true,
      interact: false,
    });
    this.mark();
  }

  mark() {
    const pins = this.find('[data-pins]');
    if (!pins || !this.peaks) return;
    pins.replaceChildren();
    const part = (seconds) => `${(100 * seconds) / this.peaks.seconds}%`;
    for (const stretch of this.root.querySelectorAll('[data-redaction]')) {
      const [begin, end] = stretch.dataset.redaction.split('-').map(Number);
      const hidden = document.createElement('div');
      hidden.className = 'recording-hidden';
      hidden.style.left = part(begin);
      hidden.style.width = part(end - begin);
      pins.append(hidden);
    }
    for (const note of this.root.querySelectorAll('[data-note]')) {
      const pin = document.createElement('button');
      pin.type = 'button';
      pin.className = 'recording-pin';
      pin.style.left = part(Number(note.dataset.note));
      pin.title = note.dataset.text;
      pin.setAttribute('aria-label', note.dataset.text);
      pin.addEventListener('click', (event) => { event.stopPropagation(); this.seek(Number(note.dataset.note)); });
      pins.append(pin);
    }
  }

  // The sound

  async listen(reason = '') {
    const told = await post(`${this.base}/listens`, { reason });
    this.listening = told;
    this.load(this.view);
  }

  load(view) {
    this.view = view;
    if (!this.listening) return;
    const { currentTime, paused, playbackRate } = this.audio;
    const begin = this.pending ?? currentTime;
    this.pending = null;
    this.audio.src = this.listening.sound[view];
    this.audio.addEventListener('loadedmetadata', () => {
      this.audio.playbackRate = playbackRate;
      if (begin) this.audio.currentTime = begin;
      if (!paused) this.audio.play().catch(() => this.complain());
    }, { once: true });
  }

  async toggle() {
    if (!this.audio.paused) { this.audio.pause(); return; }
    if (!this.listening && this.root.dataset.reason === 'yes') { this.ask(); return; }
    await this.start('');
  }

  async start(reason) {
    this.problem('');
    try {
      if (!this.listening) await this.listen(reason);
      this.find('[data-why]').hidden = true;
      await this.audio.play();
    } catch (error) {
      this.complain(error.message);
    }
  }

  ask() {
    const why = this.find('[data-why]');
    why.hidden = false;
    why.querySelector('input').focus();
  }

  seek(seconds) {
    const place = Math.min(Math.max(0, seconds), this.peaks?.seconds ?? this.audio.duration ?? 0);
    if (this.listening) this.audio.currentTime = place;
    else { this.pending = place; this.wave?.setTime(place); }
    this.show(place);
  }

  get now() { return this.pending ?? this.audio.currentTime; }

  progress() {
    const now = this.audio.currentTime;
    const passed = this.last === null ? 0 : now - this.last;
    if (!this.audio.paused && passed > 0 && passed < 2) this.heard += passed;
    this.last = now;
    if (this.heard - this.told >= TELL_EVERY_SECONDS) this.tell();
    if (this.find('[data-skip]').checked && !this.audio.paused) this.leavePause(now);
    this.show(now);
  }

  leavePause(now) {
    const pause = this.peaks?.silences.find(([begin, end]) => now > begin + PAUSE_LEFT_SECONDS && now < end - 2 * PAUSE_LEFT_SECONDS);
    if (pause) { this.last = null; this.audio.currentTime = pause[1] - PAUSE_LEFT_SECONDS; }
  }

  tell() {
    if (!this.listening || this.heard === this.told) return;
    this.told = this.heard;
    const body = new URLSearchParams({ seconds: this.heard.toFixed(1), csrf: csrf() });
    navigator.sendBeacon(this.listening.heard, body);
  }

  // What is shown

  show(now) {
    this.find('[data-now]').textContent = clock(now);
    this.find('[data-wave]').setAttribute('aria-valuenow', Math.round(now));
    this.find('[data-wave]').setAttribute('aria-valuetext', clock(now));
    const place = this.find('[data-place]');
    if (place && document.activeElement !== this.find('[data-note-text]')) {
      place.value = now.toFixed(2);
      this.find('[data-place-shown]').textContent = clock(now);
    }
  }

  showState() {
    const playing = !this.audio.paused;
    this.find('[data-icon-play]').hidden = playing;
    this.find('[data-icon-pause]').hidden = !playing;
    this.find('[data-toggle-label]').textContent = playing ? this.root.dataset.pause : this.root.dataset.play;
  }

  problem(text) {
    const line = this.find('[data-problem]');
    line.textContent = text;
    line.hidden = !text;
  }

  complain(text) { this.problem(text || this.root.dataset.lost); }

  // What people do

  bind() {
    const { audio, root } = this;
    audio.addEventListener('timeupdate', () => this.progress());
    audio.addEventListener('play', () => this.showState());
    audio.addEventListener('pause', () => { this.showState(); this.tell(); });
    audio.addEventListener('seeking', () => { this.last = null; });
    audio.addEventListener('error', () => { if (audio.src) this.complain(); });
    addEventListener('pagehide', () => this.tell());
    this.find('[data-toggle]').addEventListener('click', () => this.toggle());
    this.find('[data-speed]').addEventListener('change', ({ target }) => { audio.playbackRate = Number(target.value); });
    this.find('[data-why]').addEventListener('submit', (event) => {
      event.preventDefault();
      this.start(new FormData(event.target).get('reason'));
    });
    this.find('[data-wave]').addEventListener('click', (event) => this.clicked(event));
    for (const radio of root.querySelectorAll('[data-view]')) radio.addEventListener('change', () => this.load(radio.value));
    root.addEventListener('click', ({ target }) => this.pressed(target));
    root.addEventListener('htmx:after:swap', () => this.mark());
  }

  clicked(event) {
    const box = this.find('[data-wave]').getBoundingClientRect();
    this.seek(((event.clientX - box.left) / box.width) * (this.peaks?.seconds ?? 0));
  }

  pressed(target) {
    const step = target.closest('[data-step]');
    const jump = target.closest('[data-jump]');
    const here = target.closest('[data-here]');
    if (step) this.seek(this.now + Number(step.dataset.step));
    if (jump) this.seek(Number(jump.dataset.jump));
    if (here) here.parentElement.querySelector('[data-edge]').value = this.now.toFixed(2);
  }

  key(event) {
    if (event.key === ' ') this.toggle();
    else if (event.key === 'ArrowLeft') this.seek(this.now - JUMP_SECONDS);
    else if (event.key === 'ArrowRight') this.seek(this.now + JUMP_SECONDS);
    else if (event.key === 'n') this.find('[data-note-text]')?.focus();
    else return;
    event.preventDefault();
  }
}

const players = new Map();

function discover() {
  for (const root of document.querySelectorAll('[data-recording]')) {
    if (root.querySelector('[data-wave]') && !players.has(root)) players.set(root, new Player(root));
  }
  for (const [root, player] of players) {
    if (root.isConnected) continue;
    player.audio.pause();
    player.wave?.destroy();
    players.delete(root);
  }
}

// Keys belong to the player one is in; with only one on the page, also to the page itself.
function playerOf(target) {
  const root = target.closest?.('[data-recording]');
  if (root) return players.get(root);
  const atRest = target === document.body || target.id === 'content';
  return atRest && players.size === 1 ? [...players.values()][0] : undefined;
}

const takesKeys = (target) => ['INPUT', 'TEXTAREA', 'SELECT', 'BUTTON', 'A', 'SUMMARY'].includes(target.tagName);

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const typing = ['INPUT', 'TEXTAREA', 'SELECT'].includes(event.target.tagName);
  if (typing || (takesKeys(event.target) && event.key === ' ')) return;
  playerOf(event.target)?.key(event);
});
document.addEventListener('htmx:after:swap', discover);
discover();
