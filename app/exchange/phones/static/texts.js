// The text messages of one telephone: those it got, those it sent, and a field to write one.

export class Texts {
  constructor(element, { number, send }) {
    this.find = (selector) => element.querySelector(selector);
    this.number = number;
    this.send = send;
    this.known = new Set();
    this.unread = 0;
    this.find(".write").addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.find(".texts").addEventListener("toggle", () => this.read());
  }

  // Another number has other texts.
  clear(number) {
    this.number = number;
    this.known.clear();
    this.find(".text-list").replaceChildren();
    this.unread = 0;
    this.read();
  }

  // One that arrived or was sent; after a reconnection the exchange tells each of them again.
  show({ sid, sender, body, at }) {
    if (this.known.has(sid)) return;
    this.known.add(sid);
    const mine = sender === this.number;
    this.line(mine, body, new Date(at));
    if (!mine && !this.find(".texts").open) this.unread += 1;
    this.read();
  }

  write() {
    const field = this.find(".text-body");
    const body = field.value.trim();
    if (!body) return;
    if (this.send(body)) field.value = ""; // the exchange tells of it as of any other
  }

  line(mine, body, at) {
    const list = this.find(".text-list");
    const item = document.createElement("li");
    item.className = mine ? "me" : "heard";
    const when = document.createElement("time");
    when.dateTime = at.toISOString();
    when.textContent = at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
    item.append(body, when);
    list.append(item);
    list.scrollTop = list.scrollHeight;
  }

  read() {
    if (this.find(".texts").open) this.unread = 0;
    const badge = this.find(".unread");
    badge.hidden = this.unread === 0;
    badge.textContent = `${this.unread} 条新 new`;
    const list = this.find(".text-list");
    list.scrollTop = list.scrollHeight;
  }
}
