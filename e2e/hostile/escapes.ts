/** One way out, tried. Says what it got, or throws; a promise may also never settle. */
export type Attempt = (address: string) => unknown;

const text = async (response: Response) => `read ${await response.text()}`;

/** Waits for the first of some events of a thing that connects by itself. */
function event(target: EventTarget, good: string[], bad: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const name of good) target.addEventListener(name, () => resolve(`got ${name}`));
    for (const name of bad) target.addEventListener(name, () => reject(new Error(name)));
  });
}

/** A function that the linter rightly forbids; here it must fail. */
function functionOf(name: 'eval'): (source: string) => unknown {
  return globalThis[name];
}

/** What only exists in some browsers is looked up by name, so that its absence is a failure. */
function constructorOf(name: string): new (...args: unknown[]) => EventTarget & Promise<string> {
  const found = (globalThis as unknown as Record<string, unknown>)[name];
  if (typeof found !== 'function') throw new Error('absent');
  return found as never;
}

/** Every way out that browsers have, tried without any of our own hardening in the way. */
export const ESCAPES: Record<string, Attempt> = {
  fetch: async (address) => text(await fetch(`http://${address}/fetch`)),
  'fetch without cors': async (address) =>
    text(await fetch(`http://${address}/no-cors`, { mode: 'no-cors', keepalive: true })),
  'fetch of the page': async () => text(await fetch('/')),
  XMLHttpRequest: (address) => {
    const request = new XMLHttpRequest();
    request.open('GET', `http://${address}/xhr`);
    request.send();
    return event(request, ['load'], ['error', 'abort']);
  },
  'synchronous XMLHttpRequest': (address) => {
    const request = new XMLHttpRequest();
    request.open('GET', `http://${address}/sync-xhr`, false);
    request.send();
    return `read ${request.responseText}`;
  },
  WebSocket: (address) =>
    event(new WebSocket(`ws://${address}/socket`), ['open'], ['error', 'close']),
  WebSocketStream: (address) => {
    const stream = new (constructorOf('WebSocketStream'))(`ws://${address}/stream`);
    return (stream as unknown as { opened: Promise<unknown> }).opened;
  },
  WebTransport: (address) => {
    const transport = new (constructorOf('WebTransport'))(`https://${address}/transport`);
    return (transport as unknown as { ready: Promise<unknown> }).ready;
  },
  EventSource: (address) => event(new EventSource(`http://${address}/events`), ['open'], ['error']),
  importScripts: (address) => {
    importScripts(`http://${address}/script.js`);
    return 'loaded';
  },
  'importScripts of data': () => {
    importScripts('data:text/javascript,self.imported=1');
    return 'loaded';
  },
  'import()': (address) => import(/* @vite-ignore */ `http://${address}/module.js`),
  'import() of data': () => import(/* @vite-ignore */ `data:text/javascript,${'export default 1'}`),
  eval: () => functionOf('eval')('"evaluated"'),
  Function: () => new Function('return "evaluated"')(),
  'string timer': () =>
    new Promise((resolve) => {
      Object.assign(globalThis, { evaluated: resolve });
      setTimeout('evaluated("evaluated")' as never, 0);
    }),
  indexedDB: () => event(indexedDB.open('escape'), ['success'], ['error', 'blocked']),
  caches: () => caches.open('escape'),
  'origin private file system': () => navigator.storage.getDirectory(),
  'navigator.locks': () => navigator.locks.request('escape', () => 'locked'),
  sendBeacon: (address) => {
    const { sendBeacon } = navigator as Navigator;
    if (!sendBeacon.call(navigator, `http://${address}/beacon`, 'x')) throw new Error('refused');
    return 'queued';
  },
  RTCPeerConnection: () => new (constructorOf('RTCPeerConnection'))({}),
  TCPSocket: () => new (constructorOf('TCPSocket'))('127.0.0.1', 80),
  SharedWorker: (address) => new (constructorOf('SharedWorker'))(`http://${address}/shared.js`),
  'nested Worker by http': (address) =>
    event(new Worker(`http://${address}/nested.js`), ['message'], ['error']),
  'nested Worker by blob': () => {
    const url = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
    return event(new Worker(url), ['message'], ['error']);
  },
  'nested Worker that fetches': (address) => {
    const source = `fetch('http://${address}/nested').then(() => postMessage(1))`;
    return event(new Worker(`data:text/javascript,${encodeURIComponent(source)}`), ['message'], []);
  },
  'service worker': () => (navigator as Navigator).serviceWorker.register('data:text/javascript,1'),
  'font by address': (address) => new FontFace('escape', `url(http://${address}/font)`).load(),
  notification: () => Notification.requestPermission(),
  'BroadcastChannel to the page': () => {
    new BroadcastChannel('escape').postMessage('from the sandbox');
    return new Promise(() => {});
  },
  SharedArrayBuffer: () => new SharedArrayBuffer(8),
  'storage of the page': () =>
    (globalThis as { localStorage?: Storage }).localStorage?.length ??
    Promise.reject(new Error('absent')),
};
