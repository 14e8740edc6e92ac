import { expect, test } from 'vitest';
import { createPass, isPass } from './passes.ts';

const secret = new Uint8Array(32).fill(7);

test('SWM-132 a pass is good for its job until it ends, and for nothing else', () => {
  const { pass, expiresAt } = createPass(secret, 'a', 1000);
  expect(isPass(secret, 'a', pass, expiresAt - 1)).toBe(true);
  expect(isPass(secret, 'a', pass, expiresAt)).toBe(false);
  expect(isPass(secret, 'b', pass, 1000)).toBe(false);
  expect(isPass(new Uint8Array(32), 'a', pass, 1000)).toBe(false);
  for (let at = 0; at < pass.length; at++) {
    const changed = pass.slice();
    changed[at] ^= 1;
    expect(isPass(secret, 'a', changed, 1000)).toBe(false);
  }
  expect(isPass(secret, 'a', pass.subarray(1), 1000)).toBe(false);
});
