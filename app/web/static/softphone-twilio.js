// The port by @twilio/voice-sdk: the same verbs, with the browser's own microphone.
export class TwilioPort {
  constructor({ token, changed, trouble }) {
    Object.assign(this, { token, changed, trouble, call: null });
  }

  async open() {
    try {
      const { Device } = globalThis.Twilio;
      this.device = new Device(await this.token(), { allowIncomingWhileBusy: false, closeProtection: true });
      this.device.on('registered', () => this.call || this.changed('idle'));
      this.device.on('unregistered', () => this.call || this.changed('lost'));
      this.device.on('error', (error) => this.failed(error));
      this.device.on('incoming', (call) => this.follow(call, 'ringing'));
      this.device.on('tokenWillExpire', async () => this.device.updateToken(await this.token()));
      await this.device.register();
    } catch (error) {
      this.failed(error);
      setTimeout(() => this.open(), 5000);
    }
  }

  close() { this.device?.destroy(); }

  follow(call, state) {
    this.call = call;
    call.on('accept', () => this.changed('talking'));
    for (const end of ['disconnect', 'cancel', 'reject']) call.on(end, () => this.over(call));
    call.on('error', (error) => { this.failed(error); this.over(call); });
    this.changed(state);
  }

  over(call) {
    if (this.call !== call) return;
    this.call = null;
    this.changed('idle');
  }

  failed(error) {
    const withheld = [31208, 31401].includes(error?.code) || error?.name === 'NotAllowedError';
    if (withheld) this.trouble('microphone');
    else if (!this.call) this.changed('lost');
  }

  answer() { this.call?.accept(); }
  decline() { this.call?.reject(); }
  hangUp() { this.call?.disconnect(); }
  mute(muted) { this.call?.mute(muted); }
  keys(keys) { this.call?.sendDigits(keys); }

  async connect(token) {
    this.changed('calling');
    try {
      this.follow(await this.device.connect({ params: { Leg: token } }), 'calling');
    } catch (error) {
      this.failed(error);
      this.changed('idle');
    }
  }
}
