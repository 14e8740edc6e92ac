import { javascriptExecutor } from '../executors/javascript.ts';
import { wasiExecutor } from '../executors/wasi.ts';
import type { ToWorker } from './messages.ts';
import { workerBody } from './worker-body.ts';

/**
 * The sandboxed worker's start. Its source ends with a call of this function.
 * @param program yields the function of a JavaScript program; null where WASI is to run
 */
export default function start(program: (() => unknown) | null): void {
  self.onmessage = ({ ports: [port] }) => {
    self.onmessage = null;
    const executor = program ? javascriptExecutor(program) : wasiExecutor;
    const receive = workerBody(executor, (message, transfer = []) =>
      port.postMessage(message, transfer),
    );
    port.onmessage = ({ data }) => receive(data as ToWorker);
    port.postMessage({ type: 'up' });
  };
  self.postMessage(null);
}
