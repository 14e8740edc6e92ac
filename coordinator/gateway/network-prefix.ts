import { isIPv4, isIPv6 } from 'node:net';

const IPV6_GROUPS = 8;

/**
 * The network that an address counts as part of when replicas are to be on distinct networks: /24
 * of IPv4 and /48 of IPv6, the smallest that are routed on their own, so about one site or provider
 * pool. An unknown kind of address is its own network.
 */
export function networkPrefix(address: string): string {
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(address)) return address;
  return `${expandIPv6(address).slice(0, 3).join(':')}::/48`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expandIPv6(address: string): string[] {
  const [head, tail] = address.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const left = groups(head);
  const right = groups(tail);
  const zeros = new Array<string>(Math.max(0, IPV6_GROUPS - left.length - right.length)).fill('0');
  const all = tail === undefined ? left : [...left, ...zeros, ...right];
  return all.map((group) => (Number.parseInt(group, 16) || 0).toString(16));
}
