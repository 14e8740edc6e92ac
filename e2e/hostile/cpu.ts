import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of a clock tick in /proc, the same on every Linux that browsers run on. */
const TICK_MS = 10;

/** CPU milliseconds that this process's descendants, the browser's among them, use in a while. */
export async function browserCpuMs(milliseconds: number): Promise<number> {
  const before = descendantTicks();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return (descendantTicks() - before) * TICK_MS;
}

function descendantTicks(): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // Behind the program's name, which may hold spaces: state, parent ... utime and stime.
      const fields =
        readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      parents.set(Number(name), Number(fields[1]));
      ticks.set(Number(name), Number(fields[11]) + Number(fields[12]));
    } catch {
      // It has ended meanwhile.
    }
  }
  let sum = 0;
  for (const [pid, used] of ticks) if (descends(pid, parents)) sum += used;
  return sum;
}

function descends(pid: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at = parents.get(pid); at; at = parents.get(at)) if (at === process.pid) return true;
  return false;
}
