import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';
import {
  type Introduction,
  introductionMessage,
  sealIntroduction,
} from '../../../shared/identity/introduction.ts';
import { INTRODUCTION_MS } from '../limits.ts';

/** What comes before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs introductions, with a key that follows from the store's secret and so survives a restart. */
export class Introducer {
  readonly #privateKey: KeyObject;
  /** Raw public key, for nodes to check introductions with. */
  readonly key: Uint8Array<ArrayBuffer>;

  constructor(secret: Uint8Array) {
    const seed = hkdfSync('sha256', secret, '', 'manyhands introductions 1', 32);
    this.#privateKey = createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, new Uint8Array(seed)]),
      format: 'der',
      type: 'pkcs8',
    });
    const { x } = createPublicKey(this.#privateKey).export({ format: 'jwk' });
    this.key = Uint8Array.from(Buffer.from(x as string, 'base64url'));
  }

  /** Leave for one peer to ask another for the blobs of a job. About 0.05 ms of computing. */
  ticket(facts: Omit<Introduction, 'until'>, now: number): Uint8Array<ArrayBuffer> {
    const introduction = { ...facts, until: now + INTRODUCTION_MS };
    return sealIntroduction(
      introduction,
      sign(null, introductionMessage(introduction), this.#privateKey),
    );
  }
}
