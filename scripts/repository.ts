import { fileURLToPath } from 'node:url';

/** Absolute path of the repository's top folder, with no slash at its end. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
