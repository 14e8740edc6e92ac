import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataMeter } from '../swarm/desk/data-meter.ts';

/** What the metrics tell of data between peers. */
export interface DataParts {
  meter: DataMeter;
  /** Peers that can be reached through the relay now. */
  reservations(): Promise<number>;
}

/** Adds the figures about data between peers to a registry. */
export function addDataMetrics(registry: Registry, { meter, reservations }: DataParts): void {
  const registers = [registry];
  const counters: [name: string, help: string, value: () => number][] = [
    ['blob_bytes_sent', 'Bytes of blobs that the coordinator sent', () => meter.coordinatorBytes],
    [
      'blob_bytes_from_peers',
      'Bytes of blobs that nodes say they got from other nodes',
      () => meter.peerBytes,
    ],
    ['swarm_seeks', 'Requests for peers and chunks', () => meter.seeks],
    ['swarm_introductions', 'Introductions of one node to another', () => meter.introductions],
    ['swarm_granted_chunks', 'Chunks that nodes were told to fetch', () => meter.grantedChunks],
    ['swarm_accusations', 'Reports of peers that sent wrong bytes', () => meter.accusations],
    ['swarm_bans', 'Nodes that were accused often enough to meet nobody', () => meter.bans],
  ];
  for (const [name, help, value] of counters)
    new Counter({
      name: `manyhands_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  new Gauge({
    name: 'manyhands_swarm_members',
    help: 'Nodes that can exchange data with others now',
    registers,
    collect() {
      this.set(meter.members);
    },
  });
  new Gauge({
    name: 'manyhands_relay_reservations',
    help: 'Nodes that can be reached through the relay now',
    registers,
    async collect() {
      this.set(await reservations());
    },
  });
}
