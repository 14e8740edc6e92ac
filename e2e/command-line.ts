import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '../scripts/repository.ts';
import type { Coordinator } from './coordinator.ts';

/** Milliseconds in which a command must print what a test waits for. */
const PATIENCE = 60_000;

/** How a command ended. */
export interface Ended {
  /** Null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface Running {
  /** Standard output and standard error so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ended>;
  /** Waits until it has printed a match to either. */
  printed(pattern: RegExp): Promise<void>;
  /** Ctrl-C, as a terminal sends it: to the command and all that it has started. */
  interrupt(): void;
  /** Ends it at once, as a crash would. */
  kill(): void;
}

/** `manyhands` in a folder and with settings of its own, speaking to one coordinator. */
export class CommandLine {
  readonly folder: string;
  readonly #coordinator: Coordinator;
  readonly #running = new Set<Running>();

  private constructor(folder: string, coordinator: Coordinator) {
    this.folder = folder;
    this.#coordinator = coordinator;
  }

  /** The caller must call `dispose()`. */
  static async open(coordinator: Coordinator): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'manyhands-cli-')), coordinator);
  }

  /** Writes a file into the folder and returns its name. */
  async write(name: string, text: string): Promise<string> {
    await writeFile(join(this.folder, name), text);
    return name;
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  start(...args: string[]): Running {
    const command = join(repositoryRoot, 'sdk/bin/manyhands.js');
    const child = spawn(process.execPath, [command, ...args], {
      cwd: this.folder,
      // A process group of its own, which is what a terminal's Ctrl-C goes to.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        MANYHANDS_URL: this.#coordinator.url,
        MANYHANDS_TOKEN: this.#coordinator.token,
        XDG_CONFIG_HOME: join(this.folder, 'config'),
        XDG_DATA_HOME: join(this.folder, 'data'),
      },
    });
    const running = watch(child);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  /** Ends whatever still runs and removes the folder. */
  async dispose(): Promise<void> {
    const left = [...this.#running];
    for (const running of left) running.kill();
    await Promise.all(left.map(({ ended }) => ended));
    await rm(this.folder, { recursive: true, force: true });
  }
}

function watch(child: ChildProcessByStdio<null, Readable, Readable>): Running {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, name);
  };
  return {
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    async printed(pattern) {
      const deadline = Date.now() + PATIENCE;
      while (!pattern.test(stdout + stderr)) {
        if (child.exitCode !== null || Date.now() > deadline) {
          throw new Error(`It never printed ${pattern}, but:\n${stdout}${stderr}`);
        }
        await sleep(50);
      }
    },
    interrupt: () => signal('SIGINT'),
    kill: () => signal('SIGKILL'),
  };
}
