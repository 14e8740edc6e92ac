import { expect, test } from 'vitest';
import { SimulatedSwarm } from './simulated-swarm.ts';

const BLOB_BYTES = 16 * 1024 * 1024;

test.each(['measured', 'strict'] as const)(
  'SWM-138 a crowd behind %s routers has a blob from itself: the coordinator sends it about once',
  (routers) => {
    for (const nodes of [100, 400]) {
      const options = { nodes, blobBytes: BLOB_BYTES, seedBytesPerSecond: 0, seed: 1, routers };
      const { egress, finished, left } = new SimulatedSwarm(options).run();
      expect(finished + left).toBe(nodes);
      expect(left).toBeLessThan(0.1 * nodes);
      expect(egress).toBeGreaterThanOrEqual(BLOB_BYTES);
      expect(egress).toBeLessThan(2 * BLOB_BYTES);
    }
  },
);
