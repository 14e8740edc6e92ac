import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeaseClaim } from '../scheduler/events.ts';
import { Tickets } from './tickets.ts';

const secret = new Uint8Array(32).fill(9);
const tickets = new Tickets(secret);

const claims: fc.Arbitrary<LeaseClaim> = fc.record({
  job: fc.maxSafeNat(),
  block: fc.maxSafeNat(),
  first: fc.maxSafeNat(),
  count: fc.integer({ min: 1, max: 4096 }),
  lease: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  deadline: fc.maxSafeNat(),
  nodeKey: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((key) => Buffer.from(key).toString('hex')),
});

test('GAT-1 a ticket says what was leased to whom, in any later run with the same secret', () => {
  fc.assert(
    fc.property(claims, (claim) => {
      expect(new Tickets(secret).open(tickets.seal(claim))).toEqual(claim);
    }),
  );
});

test('GAT-2 a ticket that was changed, cut, or made under another secret is not taken', () => {
  fc.assert(
    fc.property(claims, fc.nat(), fc.integer({ min: 1, max: 255 }), (claim, at, change) => {
      const ticket = tickets.seal(claim);
      const refused = expect.objectContaining({ code: 'TICKET_INVALID' });
      expect(() => new Tickets(new Uint8Array(32)).open(ticket)).toThrow(refused);
      expect(() => tickets.open(ticket.subarray(0, at % ticket.length))).toThrow(refused);
      ticket[at % ticket.length] ^= change;
      expect(() => tickets.open(ticket)).toThrow(refused);
    }),
  );
});
