import { expect, type Page } from '@playwright/test';
import { ESCAPES } from './hostile/escapes.ts';
import { base64, jobOf, test } from './hostile/fixtures.ts';

for (const name of Object.keys(ESCAPES)) {
  test(`SBX-4 a bare worker has no way out by ${name}`, ({ breakout }) => {
    expect(breakout.outcomes[name]).toMatch(/^(refused|led nowhere)/);
  });
}

test('SBX-4 a hostile server sees nothing of all ways out', ({ breakout }) => {
  expect(Object.keys(breakout.outcomes).toSorted()).toEqual(Object.keys(ESCAPES).toSorted());
  expect(breakout.seen).toEqual([]);
});

/** What a program must not find, each by an expression that must be `undefined` or throw. */
const ABSENT =
  `fetch XMLHttpRequest WebSocket WebTransport EventSource importScripts indexedDB caches
  navigator BroadcastChannel MessageChannel MessagePort Worker SharedWorker RTCPeerConnection
  postMessage onmessage addEventListener close location name crypto.subtle performance.mark
  WebAssembly SharedArrayBuffer Atomics WeakRef FinalizationRegistry Intl Temporal Blob URL File
  Response Request ReadableStream FontFace OffscreenCanvas reportError scheduler`.split(/\s+/);

test('SBX-5 a program finds none of the platform’s doors', async ({ stagePage }) => {
  const source = `export default () => Object.fromEntries(${JSON.stringify(ABSENT)}.map((path) => [
    path, typeof path.split('.').reduce((at, key) => at?.[key], globalThis)]))`;
  const found = JSON.parse(await resultOf(stagePage, source));
  for (const name of ABSENT) expect.soft(found[name], name).toBe('undefined');
});

test('SBX-5 a program cannot get a door back from what it has', async ({ stagePage }) => {
  const source = `export default () => {
    const seen = new Set(), waiting = [globalThis, function* () {}, async () => {}, []], names = [];
    while (waiting.length) {
      const at = waiting.pop();
      if ((typeof at !== 'object' && typeof at !== 'function') || at === null || seen.has(at)) continue;
      seen.add(at);
      if (typeof at === 'function') names.push(at.name);
      waiting.push(Object.getPrototypeOf(at));
      for (const key of Reflect.ownKeys(at)) {
        const { value, get, set } = Object.getOwnPropertyDescriptor(at, key);
        waiting.push(value, get, set);
      }
    }
    return names;
  }`;
  const names: string[] = JSON.parse(await resultOf(stagePage, source));
  expect(names.length).toBeGreaterThan(500);
  const doors = /fetch|Worker|postMessage|import|Socket|Stream|Event|Port|Channel|Storage|open/;
  expect(names.filter((name) => doors.test(name))).toEqual([]);
});

for (const source of [
  '1)); new Worker("data:,"); ((1',
  '1)); function Set() { new Worker("data:,") } ((1',
  '() => 1; new Worker("data:,")',
  '(() => 1)\n));((',
  '`)); new Worker("data:,"); ((`)); ((1',
]) {
  test(`SBX-6 a program cannot break out of its place: ${JSON.stringify(source)}`, async ({
    stagePage,
  }) => {
    const answer = await stagePage.evaluate(
      async ([job, program]) => new stage.Stage(1).load(job, program),
      [jobOf('javascript'), base64(source)] as const,
    );
    expect(answer).toMatch(/^PROGRAM_INVALID/);
  });
}

test('SBX-7 built-ins that a program tries to change are as before', async ({ stagePage }) => {
  const source = `export default (i) => {
    const tries = [
      () => { Array.prototype.push = () => 666; },
      () => { Object.defineProperty(Object.prototype, 'then', { get() { return 1; } }); },
      () => { Object.prototype.toJSON = () => 'poisoned'; },
      () => { globalThis.JSON = { stringify: () => '666' }; },
      () => { globalThis.left = (globalThis.left ?? 0) + 1; },
      () => { Promise.prototype.then = () => 1; },
      () => { Object.setPrototypeOf(Array.prototype, { poisoned: true }); },
      () => { Math.random = () => 0; },
      () => { (function* () {}).constructor.prototype.next = 1; },
    ];
    return tries.map((attempt) => { try { attempt(); return 'changed'; } catch { return 'refused'; } });
  }`;
  const [first, second] = await valuesOf(stagePage, source, 2);
  expect(JSON.parse(first)).toEqual(Array(9).fill('refused'));
  expect(second).toBe(first);
});

test('SBX-8 a frame that nobody has put in is not listened to', async ({ stagePage }) => {
  const opened = await stagePage.evaluate(async () => {
    // Any window can send the hello; it must come from the frame itself.
    const impostor = setInterval(() => window.postMessage('manyhands sandbox ready', '*'), 1);
    const port = await stage.frames.open(7);
    clearInterval(impostor);
    const alive = await new Promise((resolve) => {
      port.onmessage = ({ data }) => resolve(data.type);
      port.postMessage({ program: null }, [new MessageChannel().port2]);
    });
    stage.frames.close(7);
    return alive;
  });
  expect(opened).toBe('up');
});

async function resultOf(page: Page, source: string): Promise<string> {
  return (await valuesOf(page, source, 1))[0];
}

/** What a program returns for the first `count` shards. */
async function valuesOf(page: Page, source: string, count: number) {
  const ended = await page.evaluate(
    async ([job, program, shards]) => {
      const actor = new stage.Stage(1);
      const loaded = await actor.load(job, program);
      return loaded === 'loaded' ? actor.run(0, shards) : Promise.reject(new Error(loaded));
    },
    [jobOf('javascript'), base64(source), count] as const,
  );
  expect(ended.died).toBeNull();
  return ended.results.map(({ value, message }) => value ?? `failed: ${message}`);
}
