import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadStyle } from './load-node.ts';

const LOAD = fileURLToPath(new URL('load.ts', import.meta.url));

/** Runs `work` while so many load nodes, in a process of their own, answer the coordinator. */
export async function underLoad<T>(
  coordinatorUrl: string,
  nodes: number,
  style: LoadStyle,
  work: () => Promise<T>,
): Promise<T> {
  const url = `${coordinatorUrl.replace('http', 'ws')}/node`;
  const load: ChildProcess = spawn(
    process.execPath,
    [LOAD, url, String(nodes), JSON.stringify(style)],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  try {
    return await work();
  } finally {
    const exit = once(load, 'exit');
    load.kill('SIGKILL');
    await exit;
  }
}
