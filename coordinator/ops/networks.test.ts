import { expect, test } from 'vitest';
import { clientAddress, networkSet } from './networks.ts';

test('API-4 a network set holds its addresses, also where they come through an IPv6 socket', () => {
  const set = networkSet(['10.0.0.0/8', '::1', '192.0.2.7']);
  expect(set.has('10.200.3.4')).toBe(true);
  expect(set.has('::ffff:10.200.3.4')).toBe(true);
  expect(set.has('::1')).toBe(true);
  expect(set.has('192.0.2.7')).toBe(true);
  expect(set.has('192.0.2.8')).toBe(false);
  expect(set.has('no address')).toBe(false);
});

test('API-4 what is no network is refused when the coordinator starts', () => {
  expect(() => networkSet(['10.0.0.0/99'])).toThrow('neither an address nor a network');
  expect(() => networkSet(['1:2'])).toThrow('neither an address nor a network');
});

test('API-4 X-Forwarded-For is believed only from a trusted proxy, and only up to the first stranger', () => {
  const proxies = networkSet(['10.0.0.0/8']);
  expect(clientAddress('203.0.113.9', '198.51.100.1', proxies)).toBe('203.0.113.9');
  expect(clientAddress('10.0.0.1', '198.51.100.1', proxies)).toBe('198.51.100.1');
  expect(clientAddress('10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', proxies)).toBe(
    '198.51.100.1',
  );
  expect(clientAddress('10.0.0.1', undefined, proxies)).toBe('10.0.0.1');
  expect(clientAddress('10.0.0.1', 'garbage', proxies)).toBe('10.0.0.1');
});
