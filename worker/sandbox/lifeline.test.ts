import { afterEach, expect, test, vi } from 'vitest';
import { Lifeline } from './lifeline.ts';

afterEach(() => vi.useRealTimers());

function start() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { port1, port2 } = new MessageChannel();
  const heard: unknown[] = [];
  const lifeline = new Lifeline(port1, {
    onSilent: () => heard.push('silent'),
    onFailed: (failure) => heard.push(failure),
  });
  const end = () => {
    lifeline.close();
    port2.close();
  };
  return { frame: port2, heard, end };
}

test('SBX-15 a frame that answers is alive, however long its worker computes', async () => {
  const { frame, heard, end } = start();
  for (let second = 0; second < 20; second++) {
    vi.advanceTimersByTime(1_000);
    await new Promise((resolve) => {
      frame.onmessage = () => resolve(frame.postMessage('here'));
    });
    await vi.waitFor(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(heard).toEqual([]);
  end();
});

test('SBX-15 a frame that does not answer for six seconds is dead', () => {
  const { heard, end } = start();
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual(['silent']);
  end();
});

test('SBX-15 a frame tells of an error in its worker’s source, and nothing malformed is heard', async () => {
  const { frame, heard, end } = start();
  frame.postMessage({ message: 'x', line: 0 });
  frame.postMessage({ message: 'Unexpected token', line: 3 });
  await vi.waitFor(() => expect(heard).toEqual([{ message: 'Unexpected token', line: 3 }]));
  end();
});
