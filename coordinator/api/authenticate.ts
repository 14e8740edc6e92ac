import { ManyhandsError } from '../../shared/errors.ts';
import { tokenHash } from '../ops/tokens.ts';
import type { RequesterRow, Store } from '../store/store.ts';

/** The token of an `Authorization: Bearer` header, or null where there is none. */
export function bearerToken(header: string | null): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}

/**
 * Who holds this token. Tokens are looked up by their SHA-256, so the time that it takes says
 * nothing about a token that exists.
 * @throws ManyhandsError `TOKEN_MISSING`, `TOKEN_UNKNOWN`
 */
export async function authenticate(token: string | null, store: Store): Promise<RequesterRow> {
  if (token === null)
    throw new ManyhandsError(
      'TOKEN_MISSING',
      'This needs an API token: send the header "Authorization: Bearer mh_...". The coordinator printed one at its first start.',
    );
  const requester = await store.requesterByTokenHash(tokenHash(token));
  if (requester) return requester;
  throw new ManyhandsError(
    'TOKEN_UNKNOWN',
    'This API token is not known here. Check that it is whole and belongs to this coordinator.',
  );
}
