import { BlockList, isIP } from 'node:net';
import { ManyhandsError } from '../../shared/errors.ts';

/** A set of addresses, written as networks (`10.0.0.0/8`) and single addresses. */
export interface NetworkSet {
  has(address: string): boolean;
}

/** @throws ManyhandsError `CONFIG_INVALID` where one of them is neither address nor network. */
export function networkSet(networks: readonly string[]): NetworkSet {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/');
    const version = isIP(address);
    try {
      const family = version === 4 ? 'ipv4' : 'ipv6';
      list.addSubnet(
        address,
        prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix),
        family,
      );
    } catch {
      throw new ManyhandsError(
        'CONFIG_INVALID',
        `${network} is neither an address nor a network such as 10.0.0.0/8.`,
        { network },
      );
    }
  }
  return {
    has(address) {
      const plain = plainAddress(address);
      const version = isIP(plain);
      return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** An IPv4 address that came through an IPv6 socket as itself; zone indices are dropped. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/**
 * Address of the client behind our own proxies: the last one in `X-Forwarded-For` that is no
 * proxy of ours, since everything to its left can be made up.
 */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: NetworkSet,
): string {
  let address = plainAddress(remote ?? '');
  const hops = (forwardedFor ?? '').split(',').map((hop) => plainAddress(hop.trim()));
  while (trustedProxies.has(address)) {
    const before = hops.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address;
}
