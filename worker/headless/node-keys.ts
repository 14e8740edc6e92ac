import { readFile, writeFile } from 'node:fs/promises';
import { ManyhandsError } from '../../shared/errors.ts';
import { generateNodeKeys, type NodeKeys } from '../../shared/identity/keys.ts';

/**
 * The keys in a file, made where there is none: a JSON web key, readable by its owner only.
 * @throws ManyhandsError `NODE_KEY_MALFORMED`, `NODE_FOLDER_UNUSABLE`
 */
export async function readNodeKeys(path: string): Promise<NodeKeys> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return makeKeys(path);
    throw unusable(path, error);
  }
  try {
    const key: JsonWebKey = JSON.parse(text);
    const { d: _, ...open } = key;
    const usage = { ...open, key_ops: ['verify'] };
    const [privateKey, publicKey] = await Promise.all([
      crypto.subtle.importKey('jwk', { ...key, key_ops: ['sign'] }, 'Ed25519', false, ['sign']),
      crypto.subtle.importKey('jwk', usage, 'Ed25519', true, ['verify']),
    ]);
    const raw = await crypto.subtle.exportKey('raw', publicKey);
    return { privateKey, publicKey: new Uint8Array(raw) };
  } catch {
    throw new ManyhandsError(
      'NODE_KEY_MALFORMED',
      'The key file of this node cannot be read. Restore it, or remove it to begin as a new node.',
      { path },
    );
  }
}

async function makeKeys(path: string): Promise<NodeKeys> {
  const keys = await generateNodeKeys(true);
  const key = await crypto.subtle.exportKey('jwk', keys.privateKey);
  try {
    await writeFile(path, `${JSON.stringify(key)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw unusable(path, error);
  }
  return keys;
}

function unusable(path: string, error: unknown): ManyhandsError {
  return new ManyhandsError(
    'NODE_FOLDER_UNUSABLE',
    'The key file of this node cannot be read or written. Check who owns its folder.',
    { path, problem: (error as Error).message },
  );
}
