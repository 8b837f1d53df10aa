// Lets a browser be told by push: the button shows only where the browser can.
const box = document.querySelector('[data-push]');
const button = box.querySelector('button');
const label = button.querySelector('span');

function say(text) {
  document.dispatchEvent(new CustomEvent('toast', { detail: { text } }));
}

async function post(address, body) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': document.body.dataset.csrf, Accept: 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error((await answer.json()).detail);
}

function keyBytes(text) {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

async function turnOn(worker) {
  if (await Notification.requestPermission() !== 'granted') return say(box.dataset.refused);
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(box.dataset.push) });
  const { endpoint, keys } = made.toJSON();
  return post('/console/alerts/push', { endpoint, p256dh: keys.p256dh, auth: keys.auth });
}

async function turnOff(subscription) {
  await post('/console/alerts/push/end', { endpoint: subscription.endpoint });
  return subscription.unsubscribe();
}

async function show(worker) {
  const subscription = await worker.pushManager.getSubscription();
  label.textContent = subscription ? box.dataset.off : box.dataset.on;
  button.hidden = false;
}

async function offer() {
  if (!('PushManager' in window) || !navigator.serviceWorker) return;
  const worker = await navigator.serviceWorker.ready;
  await show(worker);
  button.addEventListener('click', async () => {
    try {
      const subscription = await worker.pushManager.getSubscription();
      await (subscription ? turnOff(subscription) : turnOn(worker));
    } catch (error) {
      say(error.message);
    }
    await show(worker);
  });
}

offer();
