import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateNodeKeys, nodeId, sign } from './keys.ts';
import { joinMessage, type SignedColumns, submissionMessage } from './messages.ts';

const columns: fc.Arbitrary<SignedColumns> = fc.record({
  ticket: fc.uint8Array({ maxLength: 100 }),
  first: fc.maxSafeNat(),
  count: fc.integer({ min: 1, max: 4096 }),
  statuses: fc.uint8Array({ maxLength: 50 }),
  digests: fc.uint8Array({ maxLength: 100 }),
});

test('GAT-8 a signature of a node holds under its key and no other', async () => {
  const [mine, other] = [await generateNodeKeys(), await generateNodeKeys()];
  const message = joinMessage(new Uint8Array(32).fill(3));
  const signature = await sign(mine, message);
  const holds = (publicKey: Uint8Array, of: Uint8Array) => {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, of, key, signature);
  };
  expect(holds(mine.publicKey, message)).toBe(true);
  expect(holds(other.publicKey, message)).toBe(false);
  expect(holds(mine.publicKey, joinMessage(new Uint8Array(32)))).toBe(false);
  expect(nodeId(mine.publicKey)).toMatch(/^[0-9a-f]{64}$/);
});

test('GAT-8 a private key leaves only where it was made to', async () => {
  const kept = await generateNodeKeys();
  await expect(crypto.subtle.exportKey('pkcs8', kept.privateKey)).rejects.toThrow();
  const filed = await generateNodeKeys(true);
  expect((await crypto.subtle.exportKey('pkcs8', filed.privateKey)).byteLength).toBeGreaterThan(32);
});

test('GAT-9 a signed submission answers for every field', () => {
  fc.assert(
    fc.property(columns, fc.constantFrom('ticket', 'statuses', 'digests'), (given, field) => {
      const message = submissionMessage(given);
      expect(submissionMessage({ ...given })).toEqual(message);
      const changed = { ...given, [field]: Uint8Array.of(...given[field], 1) };
      expect(submissionMessage(changed)).not.toEqual(message);
      expect(submissionMessage({ ...given, first: given.first + 1 })).not.toEqual(message);
      expect(submissionMessage({ ...given, count: given.count + 1 })).not.toEqual(message);
    }),
  );
});

test('GAT-9 a signature for a challenge fits no submission', () => {
  fc.assert(
    fc.property(columns, fc.uint8Array(), (given, challenge) => {
      expect(joinMessage(challenge)).not.toEqual(submissionMessage(given));
    }),
  );
});
