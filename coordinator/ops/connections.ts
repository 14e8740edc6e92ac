import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type NetworkSet, plainAddress } from './networks.ts';

/**
 * Closes TCP connections of an address that already has `perAddress` of them, WebSockets included,
 * before a byte of them is read.
 *
 * @param excepted addresses that stand for many clients (proxies), or that tests load from
 */
export function limitConnections(
  server: Server,
  perAddress: number,
  excepted: readonly NetworkSet[],
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (excepted.some((networks) => networks.has(address))) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > perAddress) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
