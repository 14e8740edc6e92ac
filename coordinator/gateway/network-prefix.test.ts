import { expect, test } from 'vitest';
import { networkPrefix } from './network-prefix.ts';

test('GAT-3 addresses of one /24 or one /48 are one network', () => {
  expect(networkPrefix('192.0.2.17')).toBe('192.0.2.0/24');
  expect(networkPrefix('192.0.2.200')).toBe('192.0.2.0/24');
  expect(networkPrefix('192.0.3.17')).not.toBe('192.0.2.0/24');
  expect(networkPrefix('2001:db8:7:1::1')).toBe('2001:db8:7::/48');
  expect(networkPrefix('2001:0db8:0007:ffff:0:0:0:9')).toBe('2001:db8:7::/48');
  expect(networkPrefix('2001:db8::9')).toBe('2001:db8:0::/48');
  expect(networkPrefix('::1')).toBe('0:0:0::/48');
});
