import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '../../shared/bytes.ts';

/**
 * The random numbers of one shard: xoshiro128** (Blackman and Vigna, 2018) seeded with the first
 * 16 bytes of SHA-256("manyhands random 1\n" job "\n" shard). Equal on every node, different in
 * every shard; good for simulation, worthless for secrets.
 */
export class Random {
  readonly #jobId: string;
  readonly #shard: number;
  #seeded = false;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(jobId: string, shard: number) {
    this.#jobId = jobId;
    this.#shard = shard;
  }

  /** Only when a number is asked for: hashing would take longer than many a tiny shard. */
  #seed(): void {
    this.#seeded = true;
    const seed = sha256(utf8(`manyhands random 1\n${this.#jobId}\n${this.#shard}`));
    const words = new DataView(seed.buffer, seed.byteOffset);
    this.#a = words.getUint32(0, true);
    this.#b = words.getUint32(4, true);
    this.#c = words.getUint32(8, true);
    this.#d = words.getUint32(12, true);
  }

  /** An integer of 32 random bits, unsigned. */
  nextUint32(): number {
    if (!this.#seeded) this.#seed();
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return scrambled >>> 0;
  }

  /** A double in [0, 1) of 53 random bits. */
  nextDouble(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Overwrites `bytes`; every fourth byte begins a new word, little-endian. */
  fill(bytes: Uint8Array): void {
    let word = 0;
    for (let i = 0; i < bytes.length; i++) {
      word = i % 4 === 0 ? this.nextUint32() : word >>> 8;
      bytes[i] = word;
    }
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
