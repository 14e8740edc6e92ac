/** A bare data channel between two pages, as fast as a browser does it: the limit of all transfers. */

const MESSAGE_BYTES = 256 * 1024;
/** Refilled before it is empty, so that the channel is never idle. */
const HIGH_BYTES = 4 * 1024 * 1024;
const LOW_BYTES = 1024 * 1024;

export class PlainChannel {
  readonly #connection = new RTCPeerConnection();
  #channel: RTCDataChannel | null = null;
  #received = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #done = Promise.withResolvers<void>();

  /** With candidates in it, so that one message each way is enough. */
  async offer(): Promise<string> {
    this.#use(this.#connection.createDataChannel('plain'));
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    return this.#described();
  }

  async answer(offer: string): Promise<string> {
    this.#connection.ondatachannel = ({ channel }) => this.#use(channel);
    await this.#connection.setRemoteDescription({ type: 'offer', sdp: offer });
    await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    return this.#described();
  }

  async accept(answer: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer });
    const channel = this.#channel as RTCDataChannel;
    if (channel.readyState !== 'open')
      await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
  }

  /** Asks the other page for so many bytes. @returns milliseconds until they were here */
  async fetch(bytes: number): Promise<number> {
    this.#received = 0;
    this.#wanted = bytes;
    this.#done = Promise.withResolvers();
    const began = performance.now();
    this.#channel?.send(String(bytes));
    await this.#done.promise;
    return performance.now() - began;
  }

  #use(channel: RTCDataChannel): void {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_BYTES;
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string') return void this.#serve(channel, Number(data));
      this.#received += data.byteLength;
      if (this.#received >= this.#wanted) this.#done.resolve();
    };
  }

  async #serve(channel: RTCDataChannel, bytes: number): Promise<void> {
    const message = new Uint8Array(MESSAGE_BYTES);
    for (let sent = 0; sent < bytes; sent += MESSAGE_BYTES) {
      channel.send(message);
      if (channel.bufferedAmount > HIGH_BYTES)
        await new Promise((resolve) =>
          channel.addEventListener('bufferedamountlow', resolve, { once: true }),
        );
    }
  }

  async #described(): Promise<string> {
    const connection = this.#connection;
    if (connection.iceGatheringState !== 'complete')
      await new Promise<void>((resolve) => {
        connection.onicegatheringstatechange = () => {
          if (connection.iceGatheringState === 'complete') resolve();
        };
      });
    return connection.localDescription?.sdp ?? '';
  }
}
