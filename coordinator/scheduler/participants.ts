/**
 * Who took part in a block: each node on each network that it came from, numbered from 0 in the
 * order of first appearance, so that a shard keeps a number for each of its runs and no string.
 */
export class Participants {
  /** Node keys by participant. */
  readonly keys: string[] = [];
  /** Node numbers by participant: the same for one key on whatever network. */
  readonly nodes: number[] = [];
  /** Network numbers by participant; 0 where networks do not count. */
  readonly networks: number[] = [];
  /** Network names by participant; empty where networks do not count. */
  readonly networkNames: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #nodeNumbers = new Map<string, number>();
  readonly #networkNumbers = new Map<string, number>();

  /** The participant's number; it gets one if it has none. */
  add(key: string, network: string): number {
    const number = numberOf(this.#numbers, `${key} ${network}`) - 1;
    if (number === this.keys.length) {
      this.keys.push(key);
      this.nodes.push(numberOf(this.#nodeNumbers, key));
      this.networks.push(network === '' ? 0 : numberOf(this.#networkNumbers, network));
      this.networkNames.push(network);
    }
    return number;
  }

  /** The node's number, or -1. */
  findNode(key: string): number {
    return this.#nodeNumbers.get(key) ?? -1;
  }

  /** The network's number, or -1 where no participant was on it or it does not count. */
  findNetwork(network: string): number {
    return this.#networkNumbers.get(network) ?? -1;
  }
}

/** A name's number, counted from 1 and given on first sight. */
function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size + 1);
  return numbers.size;
}
