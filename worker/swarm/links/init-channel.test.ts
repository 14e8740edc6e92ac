import { expect, test } from 'vitest';
import { keepInitChannels } from './init-channel.ts';

/** The two classes of a browser as far as they matter here, made anew for each test. */
function makeScope() {
  class Channel {
    readonly label: string;
    closed = false;
    constructor(label: string) {
      this.label = label;
    }
    close(): void {
      this.closed = true;
    }
  }
  class Connection {
    createDataChannel(label: string): Channel {
      return new Channel(label);
    }
  }
  keepInitChannels({ RTCPeerConnection: Connection, RTCDataChannel: Channel } as never);
  return { Channel, Connection };
}

test('SWM-38 only who made an init channel closes it; all other channels close as ever', () => {
  const { Channel, Connection } = makeScope();
  const [own, received] = [new Connection().createDataChannel('init'), new Channel('init')];
  const [other, plain] = [new Connection().createDataChannel(''), new Channel('')];
  for (const channel of [own, received, other, plain]) channel.close();
  expect([own, received, other, plain].map(({ closed }) => closed)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('SWM-38 the workaround is put in once, however often it is asked for', () => {
  const { Channel, Connection } = makeScope();
  const { close } = Channel.prototype;
  const { createDataChannel } = Connection.prototype;
  keepInitChannels({ RTCPeerConnection: Connection, RTCDataChannel: Channel } as never);
  expect(Channel.prototype.close).toBe(close);
  expect(Connection.prototype.createDataChannel).toBe(createDataChannel);
});
