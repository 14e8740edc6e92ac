import { ManyhandsError } from '../../shared/errors.ts';
import { PROTOCOL_VERSIONS } from '../../shared/protocol/limits.ts';

/**
 * The version that both sides speak, the best of ours.
 * @throws ManyhandsError `NODE_TOO_OLD` or `COORDINATOR_TOO_OLD`, whichever has to be updated.
 */
export function selectVersion(offered: readonly number[]): number {
  const version = PROTOCOL_VERSIONS.find((ours) => offered.includes(ours));
  if (version !== undefined) return version;
  const facts = { node: offered.join(' '), coordinator: PROTOCOL_VERSIONS.join(' ') };
  if (Math.max(...offered) < Math.max(...PROTOCOL_VERSIONS))
    throw new ManyhandsError(
      'NODE_TOO_OLD',
      'This page or program is too old for the coordinator. Reload the page or update the program.',
      facts,
    );
  throw new ManyhandsError(
    'COORDINATOR_TOO_OLD',
    'The coordinator is too old for this page or program. Its operator has to update it.',
    facts,
  );
}
