// The service worker of the installed app: says what is due, and shows a page when offline.
const OFFLINE = '/static/offline.html';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open('offline').then((cache) => cache.add(new Request(OFFLINE, { cache: 'reload' }))).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});

self.addEventListener('push', (event) => {
  const told = event.data?.json() ?? {};
  event.waitUntil(self.registration.showNotification(told.title ?? '回响', {
    body: told.body ?? '', tag: told.tag, data: { url: told.url ?? '/console' }, icon: '/static/icon-192.png', requireInteraction: Boolean(told.urgent),
  }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  event.waitUntil(self.clients.matchAll({ type: 'window' }).then((windows) => {
    const open = windows.find((one) => new URL(one.url).pathname.startsWith('/console'));
    return open ? open.navigate(url).then((one) => one.focus()) : self.clients.openWindow(url);
  }));
});
