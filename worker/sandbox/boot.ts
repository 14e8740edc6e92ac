import { MAX_DETAIL_CHARS } from '../../shared/protocol/limits.ts';
import { FRAME_CONNECT, FRAME_HELLO, type FrameFailure, type StartMessage } from './messages.ts';

/**
 * The only script of the sandbox page. It starts the worker that the engine asks for, hands it the
 * port and does nothing more: untrusted code runs in that worker and never in this document, which
 * could reach the network.
 */
export default function boot(workerSource: string): void {
  addEventListener('message', function connect(event) {
    if (event.source !== parent || event.data !== FRAME_CONNECT) return;
    removeEventListener('message', connect);
    const [port] = event.ports;
    port.onmessage = ({ data, ports: [lifeline] }) => {
      port.onmessage = null;
      startWorker(workerSource, data as StartMessage, port, lifeline);
    };
  });
  parent.postMessage(FRAME_HELLO, '*');
}

function startWorker(
  workerSource: string,
  { program }: StartMessage,
  port: MessagePort,
  lifeline: MessagePort,
): void {
  lifeline.onmessage = () => lifeline.postMessage('here');
  // The program becomes part of the source, so that the policy can forbid eval. As a function, it
  // is not run before the worker's own part has made ready for it.
  const call = program === null ? 'null' : `() => ${program}`;
  const source = `${workerSource}\nmanyhandsWorker(${call});`;
  // Not a Blob URL: such a worker is no secure context in an opaque origin in Chromium.
  const worker = new Worker(`data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`);
  // The worker's first act, so its source has no error.
  worker.onmessage = () => {
    worker.onmessage = null;
    worker.postMessage(null, [port]);
  };
  const linesBefore = workerSource.split('\n').length;
  worker.onerror = (event) => {
    // Firefox tells of syntax errors without saying what or where.
    const known = event instanceof ErrorEvent;
    const failure: FrameFailure = {
      message: known ? event.message.slice(0, MAX_DETAIL_CHARS) : 'The program has a syntax error.',
      line: known ? Math.max(1, event.lineno - linesBefore) : null,
    };
    lifeline.postMessage(failure);
  };
}
