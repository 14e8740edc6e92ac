import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { randomBytes, TestCrowd } from './test-crowd.ts';

const MIB = 1024 * 1024;

let crowd: TestCrowd;

beforeEach(async () => {
  crowd = await TestCrowd.make();
});

afterEach(async () => {
  await crowd.stop();
});

test('SWM-70 nodes fetch a blob from each other; the coordinator sends it about once', async () => {
  const bytes = randomBytes(3 * MIB + 17);
  const ref = crowd.seed(bytes);
  const nodes = [1, 2, 3].map(() => crowd.worker([ref]));
  const got = await Promise.all(nodes.map(({ swarm }) => swarm.whole(ref.id)));
  for (const whole of got) expect(Buffer.compare(whole, bytes)).toBe(0);
  expect(crowd.sent.get(ref.id)).toBeLessThan(1.5 * bytes.length);
});
