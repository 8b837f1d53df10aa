// A clock of its own: a browser slows the timers of pages nobody looks at, and not those of workers.
addEventListener('message', ({ data }) => setInterval(() => postMessage('beat'), data.seconds * 1000));
