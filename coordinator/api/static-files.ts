import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Compressed siblings, the best first, by their name in Accept-Encoding. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Vite puts a hash of the content into the names of these files. */
const HASHED_FOLDER = '/assets/';

interface StaticFile {
  /** On the disk. */
  path: string;
  bytes: number;
  etag: string;
}

/** One file as it is served. */
interface Entry {
  type: string;
  immutable: boolean;
  plain: StaticFile;
  /** By the name of the encoding. */
  encoded: Map<string, StaticFile>;
}

/**
 * The built pages. The folder is read once, and only what was found then is served, so that no path
 * leads out of it.
 */
export class StaticFiles {
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(entries: ReadonlyMap<string, Entry>) {
    this.#entries = entries;
  }

  /** Reads a folder; one that is not there has no files. */
  static async read(folder: string): Promise<StaticFiles> {
    const found = new Map<string, StaticFile>();
    for (const path of await filesIn(folder)) {
      const { size, mtimeMs } = await stat(path);
      const url = `/${relative(folder, path).split(sep).join('/')}`;
      const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
      found.set(url, { path, bytes: size, etag });
    }
    const entries = new Map<string, Entry>();
    for (const [url, plain] of found) {
      const type = TYPES[extname(url)];
      if (type === undefined) continue;
      const encoded = new Map<string, StaticFile>();
      for (const [encoding, extension] of ENCODINGS) {
        const sibling = found.get(url + extension);
        if (sibling) encoded.set(encoding, sibling);
      }
      entries.set(url, { type, immutable: url.startsWith(HASHED_FOLDER), plain, encoded });
    }
    return new StaticFiles(entries);
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** The file at this path of a URL as a response to a GET or HEAD, or null where there is none. */
  respond(urlPath: string, request: Request): Response | null {
    const entry = this.#entries.get(urlPath);
    if (!entry) return null;
    const accepted = request.headers.get('Accept-Encoding') ?? '';
    const [encoding, file] = choose(entry, accepted);
    const headers = new Headers({
      'Content-Type': entry.type,
      'Content-Length': String(file.bytes),
      'Cache-Control': entry.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: file.etag,
    });
    if (encoding) headers.set('Content-Encoding', encoding);
    if (entry.encoded.size > 0) headers.set('Vary', 'Accept-Encoding');
    if (request.headers.get('If-None-Match') === file.etag) {
      headers.delete('Content-Length');
      return new Response(null, { status: 304, headers });
    }
    if (request.method === 'HEAD' || file.bytes === 0) return new Response(null, { headers });
    const stream = Readable.toWeb(createReadStream(file.path));
    return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>, { headers });
  }
}

function choose(entry: Entry, accepted: string): [encoding: string | null, file: StaticFile] {
  for (const [encoding] of ENCODINGS) {
    const file = entry.encoded.get(encoding);
    if (file && accepts(accepted, encoding)) return [encoding, file];
  }
  return [null, entry.plain];
}

/** Whether an Accept-Encoding header lists this encoding, and not with the weight zero. */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name, weight] = part.trim().split(/\s*;\s*/);
    return name.toLowerCase() === encoding && !/^q=0(\.0*)?$/i.test(weight ?? '');
  });
}

/** Paths of all files below a folder, but for hidden ones, which are the build's own. */
async function filesIn(folder: string): Promise<string[]> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((part) => part.startsWith('.')),
    );
}

function readEntries(folder: string) {
  return readdir(folder, { recursive: true, withFileTypes: true });
}
