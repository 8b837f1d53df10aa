// Server-sent events say which topics have moved; fragments listen for `live-<topic>` on the body.
export function listenForChanges(address) {
  const banner = document.querySelector('[data-offline]');
  const source = new EventSource(address);
  source.onopen = () => { if (banner) banner.hidden = true; };
  source.onerror = () => { if (banner) banner.hidden = source.readyState === EventSource.OPEN; };
  source.onmessage = (message) => document.body.dispatchEvent(new CustomEvent(`live-${message.data}`));
  addEventListener('pagehide', () => source.close());
}
