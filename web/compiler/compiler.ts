import { proxy, type Remote, wrap } from 'comlink';
import { ManyhandsError } from '../../shared/errors.ts';
import type { CompileRequest } from '../../shared/job/compile.ts';
import { request as text } from '../text/en/request.ts';
import type { CompileOutcome, Compiler } from './clang.worker.ts';

/** The compiler stays loaded between compilations, since loading it takes seconds. */
let running: { worker: Worker; compiler: Remote<Compiler>; broken: Promise<never> } | null = null;

/** One at a time: to stop one is to end the worker, and with it whatever else it were doing. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Compiles C or C++ in a worker of this page, after what is being compiled already.
 * @param onLoad told the bytes of the compiler that have been read, the first time
 * @throws ManyhandsError `COMPILER_BROKEN` where it cannot be loaded or broke down; AbortError.
 */
export function compile(
  request: CompileRequest,
  onLoad: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<CompileOutcome> {
  const compiled = turn.then(() => compileNow(request, onLoad, signal));
  turn = compiled.catch(() => {});
  return compiled;
}

async function compileNow(
  request: CompileRequest,
  onLoad: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<CompileOutcome> {
  signal.throwIfAborted();
  running ??= start();
  const { compiler, broken } = running;
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([compiler.compile(request, proxy(onLoad)), broken, stopped]);
  } catch (thrown) {
    // Neither a broken compiler nor one in the middle of something can be used again.
    stop();
    if (signal.aborted || thrown instanceof ManyhandsError) throw thrown;
    throw brokenDown(thrown);
  }
}

function start() {
  const worker = new Worker(new URL('./clang.worker.ts', import.meta.url), { type: 'module' });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(brokenDown(event.message)));
  });
  // It is told of only to whoever compiles just then.
  broken.catch(() => {});
  return { worker, compiler: wrap<Compiler>(worker), broken };
}

function stop() {
  running?.worker.terminate();
  running = null;
}

function brokenDown(cause: unknown): ManyhandsError {
  return new ManyhandsError('COMPILER_BROKEN', text.draft.compilerBroken, {
    cause: String(cause),
  });
}
