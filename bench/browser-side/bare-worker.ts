import { ConsoleStdout, type Fd, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';
import { fromUtf8 } from '../../shared/bytes.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { encodeOutput } from '../../shared/verdict/output.ts';
import type { BareResult, BareTask } from './bare-tasks.ts';

/**
 * The other side of the comparisons: what a page's own worker reaches that has its inputs at hand
 * and nobody to convince. It runs in the browser; `page-server.ts` serves it.
 */

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Compiled at first use and kept for the life of the worker. */
function program(name: string): Promise<WebAssembly.Module> {
  let module = modules.get(name);
  if (!module) {
    module = WebAssembly.compileStreaming(fetch(`/${name}.wasm`));
    modules.set(name, module);
  }
  return module;
}

function runProgram(module: WebAssembly.Module, args: string[]): string {
  let printed = '';
  const fds: Fd[] = [
    new OpenFile(new File([])),
    new ConsoleStdout((bytes) => {
      printed += fromUtf8(bytes);
    }),
    new ConsoleStdout(() => {}),
  ];
  const wasi = new WASI(['program', ...args], [], fds, { debug: false });
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
  wasi.start(instance as Parameters<typeof wasi.start>[0]);
  return printed;
}

async function run(task: BareTask): Promise<BareResult> {
  const result: BareResult = { doneAt: [], stdout: [], rate: 0 };
  const started = performance.now();
  let shards = 0;
  switch (task.kind) {
    case 'spin': {
      const module = await program('spin');
      for (; shards < task.count; shards++) {
        const seed = task.first + shards;
        result.stdout.push(runProgram(module, [String(task.rounds), String(seed)]));
        result.doneAt.push(performance.now());
      }
      break;
    }
    case 'no-op-program': {
      const module = await program('no-op');
      for (; performance.now() - started < task.milliseconds; shards++) runProgram(module, []);
      break;
    }
    case 'no-op-function':
      for (; performance.now() - started < task.milliseconds; shards++) noOpFunction();
      break;
    case 'fetch-per-shard':
      for (; performance.now() - started < task.milliseconds; shards++) {
        const { shard } = await (await fetch('/work')).json();
        const body = Uint8Array.from(noOpFunction());
        await fetch(`/result/${shard}`, { method: 'POST', body });
      }
      break;
  }
  result.rate = (1000 * shards) / (performance.now() - started);
  return result;
}

const noOp = () => 0;

function noOpFunction(): Uint8Array {
  const value = JSON.stringify(noOp());
  return outputDigest(Outcome.ok, encodeOutput({ value }));
}

self.onmessage = async ({ data }: MessageEvent<BareTask>) => self.postMessage(await run(data));
