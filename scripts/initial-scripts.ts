import type { Manifest } from 'vite';

/**
 * The JavaScript files that a browser loads before anyone clicks: the chunks of the given modules
 * and everything they import statically, each once.
 *
 * @param manifest Vite's build manifest
 * @param modules keys of the manifest, such as `index.html`
 * @returns file names relative to the output folder, in the order in which they were found
 * @throws Error when the manifest has no such module
 */
export function initialScripts(manifest: Manifest, modules: readonly string[]): string[] {
  const seen = new Set<string>();
  const waiting = [...modules];
  for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
    if (seen.has(key)) continue;
    const chunk = manifest[key];
    if (!chunk) throw new Error(`Vite's manifest has no module ${key}`);
    seen.add(key);
    waiting.push(...(chunk.imports ?? []));
  }
  return [...seen].map((key) => manifest[key].file);
}
