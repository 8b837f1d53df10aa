// One telephone: its line to the exchange, its buttons, and what it shows.
import { Microphone } from "./microphone.js";
import { Texts } from "./texts.js";
import { hush, speak } from "./voice.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "紧急"], ["*", "重听"], ["0", "人工"], ["#", "完成"],
];
const STATES = {
  idle: ["空闲", "idle"],
  calling: ["正在拨打", "calling"],
  ringing: ["来电", "incoming call"],
  talking: ["通话中", "in a call"],
  lost: ["没有接到交换机", "no exchange"],
};
const TALK_SECONDS = 5;

export class Phone {
  constructor({ name, number, directory, changed, removed, waits }) {
    this.name = name;
    this.waits = waits; // a telephone that is there to be called
    this.number = number;
    this.directory = directory;
    this.changed = changed;
    this.muted = false;
    this.state = "idle";
    this.element = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.element.querySelector(selector);
    this.find(".name").value = name;
    this.find(".number").value = number;
    this.find(".to").value = directory.hotline;
    this.element.setAttribute("aria-label", name);
    this.element.classList.toggle("waits", waits);
    this.texts = new Texts(this.element, { number, send: (body) => this.text(body) });
    this.buildKeypad();
    this.listenToButtons(removed);
    this.show("idle");
    this.plugIn();
  }

  // The line to the exchange

  plugIn() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(
      `${scheme}://${location.host}/exchange/phones/${encodeURIComponent(this.number)}`,
    );
    this.socket = socket;
    socket.onmessage = (event) => this.notice(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.socket !== socket || this.unplugged) return;
      this.show("lost");
      setTimeout(() => this.unplugged || this.plugIn(), 2000);
    };
    socket.onopen = () => this.show("idle");
  }

  unplug() {
    this.unplugged = true;
    hush(this);
    this.socket.close();
  }

  do(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  // What happens to the phone

  notice(message) {
    switch (message.event) {
      case "ringing":
        this.note(`来电 ${message.caller} is calling`);
        return this.show("ringing");
      case "answered":
        this.note("接通 answered");
        return this.show("talking");
      case "text":
        return this.texts.show(message);
      case "utterance":
        return this.hear(message);
      case "tone":
        if (message.kind === "beep") this.note("嘀—— beep");
        if (message.kind === "music") this.note("♪ 等候音乐 music");
        return undefined;
      case "listening":
        return this.expect(message);
      case "bridged":
        return this.note(message.other ? `已接通 connected with ${message.other}` : "对方已断开 released");
      case "roster":
        return this.showConference(message);
      case "refused":
        return this.note(message.reason);
      case "ended":
        hush(this);
        this.note(`通话结束 ended (${message.status})`);
        this.showConference({ members: [] });
        return this.show("idle");
    }
    return undefined;
  }

  hear({ text, language, speaker, audio, url }) {
    if (!text) return;
    this.line("heard", audio ? `♪ ${text}` : text, `${speaker || "热线 hotline"} · ${language || "-"}`);
    speak(this, text, language, url);
    this.find(".conference ul").querySelectorAll("li").forEach((item) => {
      item.classList.toggle("speaking", item.dataset.number === speaker);
    });
  }

  expect({ kind, ready, keys, speech }) {
    this.element.classList.toggle("expects", Boolean(kind && ready));
    if (!kind) return this.hint("");
    if (kind === "record") {
      return this.hint("<b>请说话</b>，说完按 # 键。 <b>Speak</b>, then press #.");
    }
    return this.hint(
      speech
        ? "<b>按一个键，或者说一句话。</b> Press a key, or say it."
        : keys ? "<b>请按键。</b> Press a key." : "",
    );
  }

  // What the phone does

  listenToButtons(removed) {
    const on = (selector, event, act) => this.find(selector).addEventListener(event, act);
    on(".dial", "click", () => this.dial());
    on(".answer", "click", () => this.do({ do: "answer" }));
    on(".decline", "click", () => this.do({ do: "reject" }));
    on(".hangup", "click", () => this.do({ do: "hang_up" }));
    on(".mute", "click", () => this.mute(!this.muted));
    on(".remove", "click", () => { this.unplug(); removed(this); });
    on(".speak", "submit", (event) => { event.preventDefault(); this.say(); });
    on(".mic", "click", () => this.talk());
    on(".name", "change", (event) => { this.name = event.target.value; this.changed(); });
    on(".number", "change", (event) => this.renumber(event.target.value.trim()));
    this.element.addEventListener("keydown", (event) => {
      if (["INPUT", "TEXTAREA"].includes(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
      if ("0123456789*#".includes(event.key) && event.key.length === 1) this.press(event.key);
    });
  }

  dial() {
    this.find(".transcript").replaceChildren();
    this.note(`拨打 dialing ${this.find(".to").value}`);
    this.show("calling");
    this.do({ do: "dial", to: this.find(".to").value.trim() });
  }

  press(key) {
    if (this.state !== "talking") return;
    hush(this);
    this.do({ do: "press", keys: key });
    this.line("me", key, "按键 pressed");
    const button = this.find(`.keypad [data-key="${CSS.escape(key)}"]`);
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 150);
  }

  say() {
    const field = this.find(".words");
    const words = field.value.trim();
    if (!words || this.state !== "talking") return;
    hush(this);
    this.do({ do: "say", words, language: /[一-鿿]/.test(words) ? "cmn-CN" : "en-US" });
    this.line("me", words, "说 said");
    field.value = "";
  }

  text(body) {
    if (this.state === "lost") return false;
    this.do({ do: "text", to: this.directory.hotline, body });
    return true;
  }

  async talk() {
    if (this.state !== "talking") return;
    const button = this.find(".mic");
    if (this.microphone) {
      const microphone = this.microphone;
      this.microphone = null;
      button.setAttribute("aria-pressed", "false");
      this.do({ do: "talk", audio: await microphone.close() });
      this.line("me", "（您说的话 your own words）", "话筒 microphone");
      return;
    }
    hush(this);
    try {
      const microphone = new Microphone();
      await microphone.open();
      this.microphone = microphone;
      button.setAttribute("aria-pressed", "true");
    } catch {
      this.do({ do: "talk", seconds: TALK_SECONDS });
      this.line("me", `（说话 ${TALK_SECONDS} 秒 seconds of talk）`, "没有话筒 no microphone");
    }
  }

  mute(muted) {
    this.muted = muted;
    if (muted) hush(this);
    const button = this.find(".mute");
    button.setAttribute("aria-pressed", String(muted));
  }

  renumber(number) {
    if (!/^\+[1-9]\d{6,14}$/.test(number)) {
      this.find(".number").value = this.number;
      return this.note("号码要像 +8613800138000 that is not a number");
    }
    this.number = number;
    this.texts.clear(number);
    this.changed();
    this.socket.onclose = null;
    this.socket.close();
    return this.plugIn();
  }

  // What the phone shows

  show(state) {
    this.state = state;
    this.element.dataset.state = state;
    [this.find(".state-zh").textContent, this.find(".state-en").textContent] = STATES[state];
    this.find(".dial").hidden = !["idle", "lost"].includes(state);
    this.find(".dial").disabled = state === "lost";
    this.find(".answer").hidden = this.find(".decline").hidden = state !== "ringing";
    this.find(".hangup").hidden = !["calling", "talking"].includes(state);
    this.find(".to-row").hidden = state !== "idle";
    this.element.classList.remove("expects");
    this.hint({ idle: this.waits ? "等着接电话，来电时会响。 Rings when it is called." : "按下面的绿色大按钮。 Press the green button.", calling: "请稍候。 Wait a moment.", ringing: "<b>有人找您。</b> Somebody calls you." }[state] ?? "");
    this.tick(state === "talking");
  }

  tick(running) {
    clearInterval(this.clock);
    const timer = this.find(".timer");
    timer.textContent = "";
    if (!running) return;
    const begin = Date.now();
    const write = () => {
      const seconds = Math.floor((Date.now() - begin) / 1000);
      timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    write();
    this.clock = setInterval(write, 1000);
  }

  hint(markup) {
    this.find(".hint").innerHTML = markup; // only ever a sentence of this file
  }

  showConference({ members, status }) {
    this.find(".conference").hidden = members.length === 0;
    const items = members.map((member) => {
      const item = document.createElement("li");
      item.dataset.number = member.number;
      const state = [member.muted && "静音 muted", member.hold && "保持 on hold"].filter(Boolean);
      if (status === "init") state.push("等候 waiting");
      item.dataset.quiet = String(state.length > 0);
      item.textContent = [this.nameOf(member), ...state].join(" · ");
      return item;
    });
    this.find(".conference ul").replaceChildren(...items);
  }

  nameOf({ number, label }) {
    const listed = this.directory.phones.find((phone) => phone.number === number);
    return listed ? `${listed.zh} ${listed.en}` : `${label || ""} ${number}`.trim();
  }

  note(text) {
    this.line("note", text, "");
  }

  line(kind, text, from) {
    const log = this.find(".transcript");
    const item = document.createElement("li");
    item.className = kind;
    if (from) {
      const who = document.createElement("span");
      who.className = "from";
      who.textContent = from;
      item.append(who);
    }
    item.append(text);
    log.append(item);
    log.scrollTop = log.scrollHeight;
  }

  buildKeypad() {
    const buttons = KEYS.map(([key, letters]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = key;
      button.textContent = key;
      const small = document.createElement("small");
      small.textContent = letters || " ";
      button.append(small);
      button.addEventListener("click", () => this.press(key));
      return button;
    });
    this.find(".keypad").append(...buttons);
  }
}
