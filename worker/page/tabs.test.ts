import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Environment } from '../environment.ts';
import { type TabMessage, Tabs } from './tabs.ts';

/** A lock manager with one lock and no other promises than those used here. */
class OneLock {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  readonly request = async (
    _name: string,
    options: LockOptions,
    use: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    if (this.#held && options.ifAvailable) return use(null);
    if (this.#held) await this.#turn(options.signal);
    this.#held = true;
    try {
      return await use({ name: _name, mode: 'exclusive' });
    } finally {
      this.#held = false;
      this.#waiting.shift()?.();
    }
  };

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
        reject(signal.reason);
      });
    });
  }
}

/** A browser: tabs that share one lock and one channel. */
class PlayedBrowser {
  readonly #locks = new OneLock();
  readonly #channels: BroadcastChannel[] = [];

  tab(): { tabs: Tabs; leads: () => number; heard: TabMessage[] } {
    const heard: TabMessage[] = [];
    let leads = 0;
    const tabs = new Tabs(this.#environment(), {
      onMessage: (message) => heard.push(message),
      onLead: () => leads++,
    });
    return { tabs, leads: () => leads, heard };
  }

  #environment(): Environment {
    return {
      threads: 4,
      memoryMiB: 4096,
      secure: true,
      webrtc: false,
      saveData: false,
      locks: this.#locks as unknown as LockManager,
      openChannel: () => this.#channel(),
      watchPower: () => () => {},
      watchPressure: () => () => {},
      keepStorage: async () => false,
    };
  }

  #channel(): BroadcastChannel {
    const channel = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of this.#channels)
          if (other !== channel) other.onmessage?.({ data } as MessageEvent);
      },
    } as unknown as BroadcastChannel;
    this.#channels.push(channel);
    return channel;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const later = () => vi.advanceTimersByTimeAsync(1_000);

test('ENG-50 of two tabs one leads', async () => {
  const browser = new PlayedBrowser();
  const first = browser.tab();
  const second = browser.tab();
  first.tabs.lead();
  second.tabs.lead();
  await later();
  expect([first.leads(), second.leads()]).toEqual([1, 0]);
});

test('ENG-51 when the leader is gone another tab takes over', async () => {
  const browser = new PlayedBrowser();
  const first = browser.tab();
  const second = browser.tab();
  first.tabs.lead();
  await later();
  second.tabs.lead();
  await later();
  first.tabs.stopLeading();
  await later();
  expect(second.leads()).toBe(1);
});

test('ENG-51 a tab that has heard that all is over does not take over', async () => {
  const browser = new PlayedBrowser();
  const first = browser.tab();
  const second = browser.tab();
  first.tabs.lead();
  await later();
  second.tabs.lead();
  await later();
  first.tabs.send({ type: 'off', failure: null });
  second.tabs.stopLeading();
  first.tabs.stopLeading();
  await later();
  expect(second.leads()).toBe(0);
});

test('ENG-51 whoever stopped leading can lead again', async () => {
  const browser = new PlayedBrowser();
  const { tabs, leads } = browser.tab();
  tabs.lead();
  await later();
  tabs.stopLeading();
  tabs.lead();
  await later();
  expect(leads()).toBe(2);
});

test('ENG-52 a tab that wants to lead and may not asks how things stand', async () => {
  const browser = new PlayedBrowser();
  const first = browser.tab();
  const second = browser.tab();
  first.tabs.lead();
  await later();
  second.tabs.lead();
  await later();
  expect(first.heard).toEqual([{ type: 'hello' }]);
});
