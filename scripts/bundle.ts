import { build } from 'vite';

/**
 * A page's or a worker's script with all that it imports, as one classic script.
 * @param entry path of its module, whose exports become the global `name`
 */
export async function bundle(entry: string, name: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target: 'es2024',
      lib: { entry, name, formats: ['iife'] },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!('output' in output)) throw new TypeError('vite was asked to build once, not to watch');
  return output.output[0].code;
}
