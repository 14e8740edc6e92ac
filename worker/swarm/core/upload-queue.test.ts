import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type UploadLimits, UploadQueue, type UploadRequest } from './upload-queue.ts';

const KIB = 1024;

function queue(limits: Partial<UploadLimits> = {}): UploadQueue {
  return new UploadQueue({
    waitingPerPeer: 16,
    sending: 4,
    bytesPerPeer: 1024 * KIB,
    bytesPerSecond: null,
    ...limits,
  });
}

function request(peer: string, number: number, bytes = KIB): UploadRequest {
  return { peer, request: number, job: 'job', blob: 'b'.repeat(64), chunk: number, bytes };
}

describe('upload queue', () => {
  it('SWM-15 peers are served in turn, however many requests each has sent, one at a time each', () => {
    const tested = queue({ sending: 1 });
    for (let number = 0; number < 5; number++) tested.add(request('greedy', number));
    tested.add(request('modest', 0));
    const served: string[] = [];
    for (let next = tested.next(0); next; next = tested.next(0)) {
      served.push(next.peer);
      expect(tested.next(0)).toBeNull();
      tested.sent(next.peer);
    }
    expect(served.slice(0, 3)).toEqual(['greedy', 'modest', 'greedy']);
    expect(served.length).toBe(6);
  });

  it('SWM-16 more than a peer may have waiting is refused as busy, more than its share as limit', () => {
    const tested = queue({ waitingPerPeer: 2, bytesPerPeer: 3 * KIB });
    expect(tested.add(request('a', 1))).toBe('queued');
    expect(tested.add(request('a', 2))).toBe('queued');
    expect(tested.add(request('a', 3))).toBe('busy');
    tested.next(0);
    tested.sent('a');
    expect(tested.add(request('a', 3))).toBe('queued');
    tested.next(0);
    expect(tested.add(request('a', 4))).toBe('limit');
  });

  it('SWM-17 no more is sent than the cap allows', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.array(fc.record({ peer: fc.integer({ min: 0, max: 4 }), wait: fc.nat(300) }), {
        maxLength: 60,
      }),
      (kibPerSecond, steps) => {
        const rate = kibPerSecond * KIB;
        const tested = queue({ bytesPerSecond: rate });
        let now = 0;
        let sent = 0;
        for (const [number, { peer, wait }] of steps.entries()) {
          tested.add(request(`peer${peer}`, number, 4 * KIB));
          now += wait;
          for (let next = tested.next(now); next; next = tested.next(now)) {
            sent += next.bytes;
            tested.sent(next.peer);
          }
          // A second's worth may go at once, and the last message may overdraw it.
          expect(sent).toBeLessThanOrEqual(rate * (1 + now / 1000) + 4 * KIB);
        }
      },
    );
    fc.assert(property);
  });

  it('SWM-17 what the cap holds back goes when it says', () => {
    const tested = queue({ bytesPerSecond: KIB });
    tested.add(request('a', 1, 3 * KIB));
    tested.add(request('b', 1));
    expect(tested.next(0)?.peer).toBe('a');
    expect(tested.next(0)).toBeNull();
    const at = tested.readyAt(0);
    expect(at).toBeGreaterThan(0);
    expect(tested.next((at ?? 0) - 2)).toBeNull();
    expect(tested.next(at ?? 0)?.peer).toBe('b');
    expect(tested.readyAt(at ?? 0)).toBeNull();
  });

  it('SWM-18 what is cancelled or whose peer is gone is not sent, and leaves room for others', () => {
    const tested = queue({ sending: 1, bytesPerPeer: 2 * KIB });
    tested.add(request('a', 1));
    tested.add(request('a', 2));
    tested.cancel('a', 1);
    expect(tested.add(request('a', 3))).toBe('queued');
    expect(tested.next(0)?.request).toBe(2);
    tested.add(request('b', 1));
    tested.remove('a');
    expect(tested.next(0)?.peer).toBe('b');
    expect(tested.next(0)).toBeNull();
  });
});
