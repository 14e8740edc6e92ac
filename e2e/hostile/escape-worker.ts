import { type Attempt, ESCAPES } from './escapes.ts';

/** Milliseconds after which a way out that has said nothing led nowhere. */
const PATIENCE_MS = 1_500;

/** The start of a worker that does nothing but try to get out, and says of each way what happened. */
export default function start(): void {
  self.onmessage = ({ ports: [port] }) => {
    port.onmessage = async ({ data: address }) => {
      const outcomes = await Promise.all(
        Object.entries(ESCAPES).map(async ([name, attempt]) => [
          name,
          await tried(attempt, address),
        ]),
      );
      port.postMessage(outcomes);
    };
    port.postMessage('up');
  };
  self.postMessage(null);
}

async function tried(attempt: Attempt, address: string): Promise<string> {
  const silence = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, 'nothing'));
  try {
    const got = await Promise.race([(async () => attempt(address))(), silence]);
    return got === 'nothing' ? 'led nowhere' : `ESCAPED: ${String(got)}`;
  } catch (error) {
    return `refused: ${String(error).slice(0, 120)}`;
  }
}
