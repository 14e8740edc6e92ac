import { type MessagePort, workerData } from 'node:worker_threads';
import { wasiExecutor } from '../executors/wasi.ts';
import type { FromSandbox, StartMessage, ToWorker } from '../sandbox/messages.ts';
import { workerBody } from '../sandbox/worker-body.ts';

/** The start of a headless node's sandbox thread: WASI programs over the port that it was given. */
const port = workerData as MessagePort;

const send = (message: FromSandbox, transfer: ArrayBuffer[] = []) =>
  port.postMessage(message, transfer);
const receive = workerBody(wasiExecutor, send);

port.once('message', ({ program }: StartMessage) => {
  if (program === null) {
    port.on('message', (message: ToWorker) => receive(message));
    send({ type: 'up' });
    return;
  }
  send({
    type: 'invalid',
    code: 'KIND_UNSUPPORTED',
    message: 'Headless nodes run WebAssembly programs only.',
  });
});
