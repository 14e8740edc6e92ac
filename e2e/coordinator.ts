import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { repositoryRoot } from '../scripts/repository.ts';

/** Milliseconds; a start takes well under a second on an idle machine. */
const START_TIMEOUT = 30_000;

/** Milliseconds in which a coordinator must have made everything durable and ended. */
const STOP_TIMEOUT = 15_000;

/** A running coordinator process with a data folder of its own. */
export interface Coordinator {
  /** Where it listens, such as `http://127.0.0.1:41234`; the same after every restart. */
  readonly url: string;
  /** The requester's token that it printed when it started. */
  readonly token: string;
  readonly dataFolder: string;
  /** Everything that it has printed so far, over all its restarts. */
  readonly log: string;
  /** Asks the process to end and waits for that; the data folder stays. */
  stop(): Promise<void>;
  /** Ends the process at once, as a power cut would; the data folder stays. */
  kill(): Promise<void>;
  /** Stops the process if it runs, and starts it on the same data folder and port. */
  restart(): Promise<void>;
  /** Ends the process if it runs, and removes the data folder. */
  dispose(): Promise<void>;
}

type CoordinatorProcess = ChildProcessByStdio<null, Readable, Readable>;

/** The first line of `coordinator/main.ts --json`. */
interface ListeningLine {
  event: 'listening';
  url: string;
  token: string;
}

/**
 * Starts a coordinator on a free port, with an empty data folder in the temporary folder, and waits
 * until it listens. The caller must call `dispose()`.
 *
 * @param args further command-line arguments of the coordinator
 * @param within command that it is started by, such as one that enters a network namespace
 * @throws Error with everything that it printed, when it ends or says nothing instead
 */
export async function startCoordinator(
  args: readonly string[] = [],
  within: readonly string[] = [],
): Promise<Coordinator> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'manyhands-e2e-'));
  let log = '';
  let child: CoordinatorProcess;
  let address: ListeningLine = { event: 'listening', url: '', token: '' };

  async function start(port: string): Promise<void> {
    // No sample job, whose work would mix with the test's.
    const own = ['--port', port, '--data', dataFolder, '--json', '--sample', '-'];
    const [program, ...rest] = [...within, nodeBinary(), 'coordinator/main.ts', ...own, ...args];
    child = spawn(program, rest, {
      cwd: repositoryRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: Buffer) => {
      log += text;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    try {
      // The token is in the first start's line only.
      address = { ...address, ...(await listening(child)) };
    } catch (error) {
      await end(child, 'SIGKILL');
      throw new Error(`The coordinator did not start. It printed:\n${log}`, { cause: error });
    }
  }

  try {
    await start('0');
  } catch (error) {
    await rm(dataFolder, { recursive: true, force: true });
    throw error;
  }

  return {
    get url() {
      return address.url;
    },
    get token() {
      return address.token;
    },
    get log() {
      return log;
    },
    dataFolder,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
    async restart() {
      await end(child, 'SIGTERM');
      await start(new URL(address.url).port);
    },
    async dispose() {
      await end(child, 'SIGKILL');
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function listening(child: CoordinatorProcess): Promise<ListeningLine> {
  const timeout = AbortSignal.timeout(START_TIMEOUT);
  const lines = createInterface({ input: child.stdout, signal: timeout });
  for await (const line of lines) {
    const message = parseLine(line);
    if (message?.event === 'listening') {
      // The stream has another reader, which must go on when this one leaves.
      child.stdout.resume();
      return message as ListeningLine;
    }
  }
  throw new Error(timeout.aborted ? `Silent for ${START_TIMEOUT} ms` : 'It ended its output');
}

function parseLine(line: string): { event?: unknown } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function end(child: CoordinatorProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT) });
  child.kill(signal);
  try {
    await exited;
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`The coordinator did not end within ${STOP_TIMEOUT} ms of ${signal}`, {
      cause: error,
    });
  }
}

/** The Node of package.json, even where the tests themselves were started by an older one. */
function nodeBinary(): string {
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  return join(dirname(manifest), 'bin', 'node');
}
