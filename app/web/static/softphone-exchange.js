// The port by the exchange's own line: what people say are words, and what is heard is spoken aloud.
export class ExchangePort {
  constructor({ address, exchange, changed, heard }) {
    Object.assign(this, { address, exchange, changed, heard, muted: false });
  }

  open() {
    const socket = new WebSocket(this.exchange + encodeURIComponent(this.address));
    this.socket = socket;
    socket.onopen = () => this.changed('idle');
    socket.onmessage = (event) => this.notice(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.changed('lost');
      setTimeout(() => this.socket === socket && this.open(), 2000);
    };
  }

  close() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  notice(message) {
    switch (message.event) {
      case 'ringing': return this.changed('ringing');
      case 'answered': return this.changed('talking');
      case 'utterance': return this.hear(message);
      case 'ended':
        speechSynthesis?.cancel();
        this.muted = false;
        return this.changed('idle');
    }
    return undefined;
  }

  hear({ text, language, speaker }) {
    if (!text) return;
    this.heard(text, speaker);
    if (!globalThis.speechSynthesis) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = !language || language.startsWith('cmn') ? 'zh-CN' : language;
    speechSynthesis.speak(utterance);
  }

  do(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  answer() { this.do({ do: 'answer' }); }
  decline() { this.do({ do: 'reject' }); }
  hangUp() { this.do({ do: 'hang_up' }); }
  mute(muted) { this.muted = muted; }
  keys(keys) { this.do({ do: 'press', keys }); }

  connect(token) {
    this.changed('calling');
    this.do({ do: 'dial', to: '', parameters: { Leg: token } });
  }

  say(words) {
    if (this.muted) return false;
    this.do({ do: 'say', words, language: /[一-鿿]/.test(words) ? 'cmn-CN' : 'en-US' });
    return true;
  }
}
