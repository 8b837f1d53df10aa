// The page: which telephones stand on it. Their names and numbers are kept in this browser.
import { Phone } from "./phone.js";

const KEPT = "huixiang-phones";
const standard = [
  { name: "来电群众 Caller", number: "+8613800138000" },
  { name: "调解员 Mediator", number: "+867451000201" },
  { name: "农业农村局 Agriculture", number: "+867451000302" },
];

const room = document.getElementById("phones");
const phones = [];

function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return Array.isArray(kept) && kept.length ? kept : standard;
  } catch {
    return standard;
  }
}

function remember() {
  localStorage.setItem(KEPT, JSON.stringify(phones.map(({ name, number }) => ({ name, number }))));
}

function add({ name, number }, directory) {
  const waits = phones.length > 0;
  const phone = new Phone({ name, number, directory, changed: remember, removed: remove, waits });
  phones.push(phone);
  room.append(phone.element);
}

function remove(phone) {
  phones.splice(phones.indexOf(phone), 1);
  phone.element.remove();
  remember();
}

async function start() {
  const reply = await fetch("/exchange/directory");
  const directory = await reply.json();
  for (const entry of remembered()) add(entry, directory);
  document.getElementById("add").addEventListener("click", () => {
    const taken = new Set(phones.map((phone) => phone.number));
    const free = directory.phones.find((listed) => !taken.has(listed.number));
    add(
      free
        ? { name: `${free.zh} ${free.en}`, number: free.number }
        : { name: "新电话 New phone", number: `+86138001380${10 + phones.length}` },
      directory,
    );
    remember();
    phones.at(-1).element.scrollIntoView({ block: "nearest" });
  });
}

start();
