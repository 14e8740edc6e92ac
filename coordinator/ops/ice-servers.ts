/**
 * A STUN or TURN server as an operator writes it: an address after RFC 7064 and RFC 7065, for TURN
 * with `user:password@` before the host (percent-encoded where they hold `:`, `@`, `/` or `,`).
 */
const ICE_SERVER =
  /^(?:stuns?:|turns?:(?<username>[^:@/,]+):(?<credential>[^:@/,]+)@)(?<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?<port>:\d{1,5})?(?<transport>\?transport=(?:udp|tcp))?$/;

/** An entry of `RTCConfiguration.iceServers`. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export function isIceServer(text: string): boolean {
  return ICE_SERVER.test(text) && !/%(?![0-9a-fA-F]{2})/.test(text);
}

/** @param texts each one that `isIceServer` accepts */
export function toIceServers(texts: readonly string[]): IceServer[] {
  return texts.map((text) => {
    const { username, credential } = ICE_SERVER.exec(text)?.groups ?? {};
    if (username === undefined || credential === undefined) return { urls: [text] };
    return {
      urls: [text.replace(`${username}:${credential}@`, '')],
      username: decodeURIComponent(username),
      credential: decodeURIComponent(credential),
    };
  });
}
