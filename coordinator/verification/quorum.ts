import { agreementConfidence } from './confidence.ts';
import { EXCEEDED, type ReplicationPolicy, type Tally } from './policy.ts';

/**
 * Fixed quorum: the first answer with `quorum` equal votes is believed. At least `replicas` runs are
 * asked for, and more as long as votes are missing, up to `maxAttempts`. A shard is given up as soon
 * as no answer can reach the quorum any more, or when as many nodes as make a quorum have gone
 * beyond the job's own limits and none has answered: the next one would too, and a small crowd has
 * no next one.
 */
export function quorumPolicy(rule: {
  replicas: number;
  quorum: number;
  maxAttempts: number;
}): ReplicationPolicy {
  const { replicas, quorum, maxAttempts } = rule;
  return {
    initial: Math.min(Math.max(replicas, quorum), maxAttempts),
    rule(tally, ruling) {
      let best = 0;
      let all = 0;
      for (let c = 0; c < tally.candidates; c++) {
        const votes = tally.votes[c];
        all += votes;
        if (best === 0 || votes > tally.votes[best - 1]) best = c + 1;
      }
      const most = best === 0 ? 0 : tally.votes[best - 1];
      const left = maxAttempts - tally.attempts;
      if (most >= quorum) {
        ruling.kind = 'verdict';
        ruling.candidate = best;
        ruling.confidence = agreementConfidence(most, all - most);
      } else if (most + left < quorum || (all === 0 && exceeded(tally) >= quorum)) {
        ruling.kind = 'give-up';
      } else {
        ruling.kind = 'want';
        ruling.replicas = Math.min(left, Math.max(quorum - most, replicas - tally.attempts));
      }
    },
  };
}

function exceeded({ attempts, choices }: Tally): number {
  let count = 0;
  for (let i = 0; i < attempts; i++) if (choices[i] === EXCEEDED) count++;
  return count;
}
