/**
 * Share of replicas taken to be wrong when nothing is known about the nodes: an assumption, on the
 * pessimistic side, until nodes have a record of their own.
 */
const ASSUMED_ERROR = 0.05;

/**
 * Probability that an answer is right after `agreed` votes for it and `dissented` against it.
 *
 * Bayes with even prior odds between "the answer is right" and "it is wrong", each replica wrong
 * with probability e = `ASSUMED_ERROR` independently of the others, and, as the worst case, all
 * wrong replicas giving the same wrong answer: 1 / (1 + (e / (1 - e)) ^ (agreed - dissented)).
 */
export function agreementConfidence(agreed: number, dissented: number): number {
  return 1 / (1 + (ASSUMED_ERROR / (1 - ASSUMED_ERROR)) ** (agreed - dissented));
}
