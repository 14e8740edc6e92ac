import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { MAX_SOCKET_MESSAGE_BYTES, SOCKET_PING_MS } from './relay-limits.ts';
import { guardSockets } from './relay-sockets.ts';

afterEach(() => void vi.useRealTimers());

class TestSocket extends EventEmitter {
  readonly calls: string[] = [];
  ping = () => void this.calls.push('ping');
  terminate = () => {
    this.calls.push('terminate');
    this.emit('close');
  };
  close(code?: number): void {
    this.calls.push(`close ${code}`);
  }
}

/** A listener of @libp2p/websockets as far as it matters, with one socket taken. */
function takeSocket() {
  const taken: unknown[] = [];
  const listener = {
    wsServer: { options: { maxPayload: 100 * 1024 * 1024 } },
    onWsServerConnection: (socket: unknown) => taken.push(socket),
  };
  guardSockets(listener);
  const socket = new TestSocket();
  listener.onWsServerConnection(socket);
  expect(taken).toEqual([socket]);
  expect(listener.wsServer.options.maxPayload).toBe(MAX_SOCKET_MESSAGE_BYTES);
  return socket;
}

test('SWM-34 a broken socket is closed for good, whatever libp2p closes it with', () => {
  const [failed, reset, closed] = [takeSocket(), takeSocket(), takeSocket()];
  failed.emit('error', new RangeError('Invalid WebSocket frame'));
  reset.close(1006);
  closed.close(1000);
  expect(failed.calls).toEqual(['terminate']);
  expect(reset.calls).toEqual(['terminate']);
  expect(closed.calls).toEqual(['close 1000']);
});

test('SWM-35 a socket is pinged, and given up when it does not answer', () => {
  vi.useFakeTimers();
  const socket = takeSocket();
  vi.advanceTimersByTime(SOCKET_PING_MS);
  socket.emit('pong');
  vi.advanceTimersByTime(SOCKET_PING_MS);
  expect(socket.calls).toEqual(['ping', 'ping']);
  vi.advanceTimersByTime(5 * SOCKET_PING_MS);
  expect(socket.calls).toEqual(['ping', 'ping', 'terminate']);
});
