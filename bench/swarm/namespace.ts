import { execFileSync } from 'node:child_process';

/** A network of its own for one process, whose way out is as slow as that of a home or an office. */
export interface Namespace {
  /** What to put before a command, so that it runs there. */
  readonly command: readonly string[];
  /** Its address, as seen from here. */
  readonly address: string;
  close(): void;
}

/** Of 198.18.0.0/15, which is set aside for benchmarks (RFC 2544) and used by no network. */
const SUBNET = '198.18';
/** Bytes that may go at once: one slice of the kernel's, so that the rate holds within milliseconds. */
const BURST = '32kb';
/** Longer than that nothing waits in the queue: as in a good router. */
const LATENCY = '100ms';

/**
 * A network namespace that sends this many bits a second at most. Null where this machine lets us
 * make none (no `ip` and `tc`, or no leave).
 */
export function openNamespace(bitsPerSecond: number): Namespace | null {
  const name = `mh-swarm-${process.pid}`;
  const outside = `mh${process.pid}`;
  const subnet = `${SUBNET}.${process.pid % 256}`;
  const address = `${subnet}.2`;
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'ignore' });
  const close = () => {
    try {
      // The pair of devices goes with it.
      ip('netns', 'delete', name);
    } catch {
      // Never made.
    }
  };
  try {
    ip('netns', 'add', name);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'inside', 'netns', name);
    ip('address', 'add', `${subnet}.1/30`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    const within = (...args: string[]) => ip('netns', 'exec', name, ...args);
    within('ip', 'address', 'add', `${address}/30`, 'dev', 'inside');
    within('ip', 'link', 'set', 'inside', 'up');
    within('ip', 'link', 'set', 'lo', 'up');
    const rate = `${Math.round(bitsPerSecond / 1000)}kbit`;
    const shape = ['tbf', 'rate', rate, 'burst', BURST, 'latency', LATENCY];
    within('tc', 'qdisc', 'add', 'dev', 'inside', 'root', ...shape);
  } catch {
    close();
    return null;
  }
  return { command: ['ip', 'netns', 'exec', name], address, close };
}
