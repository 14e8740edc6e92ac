/** The channel that @libp2p/webrtc opens so that a connection has something to negotiate. */
const INIT_LABEL = 'init';

/**
 * Works around a race of @libp2p/webrtc 6: the end that was dialled closes the `init` channel as soon
 * as it sees it, the end that dials waits for that channel to open first, and where the close is
 * faster the dial hangs until it times out. Only who made the channel may close it: for all others
 * `close` of a channel labelled `init` does nothing. All other channels close as ever.
 *
 * @param scope the window, with its two prototypes. Calling it again changes nothing.
 */
export function keepInitChannels(scope: {
  RTCPeerConnection: { prototype: RTCPeerConnection };
  RTCDataChannel: { prototype: RTCDataChannel };
}): void {
  const connections = scope.RTCPeerConnection.prototype as RTCPeerConnection & Marked;
  const channels = scope.RTCDataChannel.prototype;
  if (connections[PATCHED]) return;
  connections[PATCHED] = true;
  const own = new WeakSet<RTCDataChannel>();
  const { createDataChannel } = connections;
  const { close } = channels;
  connections.createDataChannel = function (this: RTCPeerConnection, label, options) {
    const channel = createDataChannel.call(this, label, options);
    if (label === INIT_LABEL) own.add(channel);
    return channel;
  };
  channels.close = function (this: RTCDataChannel) {
    if (this.label !== INIT_LABEL || own.has(this)) close.call(this);
  };
}

const PATCHED = Symbol('manyhands keeps init channels');
interface Marked {
  [PATCHED]?: boolean;
}
