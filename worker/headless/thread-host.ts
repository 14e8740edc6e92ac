import { MessageChannel, type MessagePort as NodePort, Worker } from 'node:worker_threads';
import type { SandboxHost } from '../sandbox/host.ts';

/**
 * Sandboxes of a headless node: one thread each, ended by `terminate()`. There is no frame around
 * them, so they run WebAssembly only, which reaches nothing that it is not given.
 */
export class ThreadHost implements SandboxHost {
  readonly #threads = new Map<number, Worker>();

  async open(slot: number): Promise<MessagePort> {
    this.close(slot);
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(new URL('./sandbox-thread.ts', import.meta.url), {
      workerData: port2,
      transferList: [port2],
      // What a program prints goes into its output, and nothing else has anything to say.
      stdin: false,
      stdout: true,
      stderr: true,
      env: {},
      execArgv: [],
    });
    this.#threads.set(slot, thread);
    // The port closes with its thread, which is how the engine hears of its end.
    thread.on('error', () => {});
    return domPort(port1);
  }

  close(slot: number): void {
    const thread = this.#threads.get(slot);
    this.#threads.delete(slot);
    thread?.terminate();
  }

  /** Ends all threads. */
  dispose(): void {
    for (const slot of [...this.#threads.keys()]) this.close(slot);
  }
}

/** Node's ports have all of the browser's that is used here. */
function domPort(port: NodePort): MessagePort {
  return port as unknown as MessagePort;
}
