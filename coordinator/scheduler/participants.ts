/**
 * Who took part in a block, each numbered from 0 in the order of first appearance, so that a shard
 * keeps a number for each of its runs and no string.
 */
export class Participants {
  /** Node keys by participant number. */
  readonly keys: string[] = [];
  /** Network numbers by participant number; 0 where networks do not count. */
  readonly networks: number[] = [];
  /** Network names by participant number; empty where networks do not count. */
  readonly networkNames: string[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #networkNumbers = new Map<string, number>();

  /** The participant's number; it gets one if it has none. A key that comes from two networks counts in its first. */
  add(key: string, network: string): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const number = this.keys.length;
    this.#byKey.set(key, number);
    this.keys.push(key);
    this.networks.push(this.#networkNumber(network));
    this.networkNames.push(network);
    return number;
  }

  /** The participant's number, or -1. */
  find(key: string): number {
    return this.#byKey.get(key) ?? -1;
  }

  /** The network's number, 0 where it does not count, or -1 where no participant was on it. */
  findNetwork(network: string): number {
    return network === '' ? 0 : (this.#networkNumbers.get(network) ?? -1);
  }

  #networkNumber(network: string): number {
    if (network === '') return 0;
    let number = this.#networkNumbers.get(network);
    if (number === undefined) {
      number = this.#networkNumbers.size + 1;
      this.#networkNumbers.set(network, number);
    }
    return number;
  }
}
