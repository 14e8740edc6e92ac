import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { importsOf, type ModuleReference } from './imports-of.ts';

/** What the files of one folder may import. Paths are relative to the repository's top folder. */
interface Room {
  folder: string;
  /** Folders it may import from; its own is listed too. Without a list: everything of ours. */
  reaches?: readonly string[];
  /** Folders within reach that it may not import from all the same. */
  except?: readonly string[];
  /** npm packages it may import, by name or by exact entry point. Without a list: all. */
  packages?: readonly string[];
  /** Whether Node's own modules are there where this code runs. */
  builtins: boolean;
}

/** The most specific room that holds a file is the one that counts. */
const ROOMS: readonly Room[] = [
  {
    folder: 'shared',
    reaches: ['shared'],
    packages: ['zod/mini', 'cbor-x', '@noble/hashes', 'es-module-lexer'],
    builtins: false,
  },
  {
    folder: 'worker',
    reaches: ['worker', 'shared'],
    except: ['worker/headless'],
    builtins: false,
  },
  { folder: 'worker/headless', reaches: ['worker', 'shared'], builtins: true },
  { folder: 'coordinator', reaches: ['coordinator', 'shared'], builtins: true },
  ...['coordinator/scheduler', 'coordinator/verification'].map((folder) => ({
    folder,
    reaches: ['coordinator', 'shared'],
    except: ['coordinator/store', 'coordinator/gateway', 'coordinator/api', 'coordinator/payout'],
    builtins: false,
  })),
  {
    folder: 'web',
    reaches: ['web', 'worker', 'shared'],
    except: ['worker/headless'],
    builtins: false,
  },
  { folder: 'sdk', reaches: ['sdk', 'shared'], builtins: true },
  { folder: 'sdk/cli', reaches: ['sdk', 'shared', 'worker/headless'], builtins: true },
  { folder: 'apps', builtins: true },
  { folder: 'bench', builtins: true },
  { folder: 'e2e', builtins: true },
  { folder: 'scripts', builtins: true },
];

/** The top-level folders whose files the rules are about. */
export const ROOM_FOLDERS: readonly string[] = ROOMS.map(({ folder }) => folder).filter(
  (folder) => !folder.includes('/'),
);

/** Files that a bundler or Node's own JSON import takes as they are. */
const ASSET = /\.(css|json|svg|png|wasm|html|txt)$/;

/** One import that breaks a rule. */
export interface ImportProblem {
  path: string;
  /** Counted from 1. */
  line: number;
  message: string;
}

/**
 * Finds what breaks the import rules in one file: the directions of the design, relative paths with
 * their extension, and no barrels.
 *
 * @param path of the file, relative to the repository's top folder, with forward slashes
 * @param source the file's TypeScript
 * @throws Error when the source cannot be parsed, or lies in none of the rooms
 */
export function importProblems(path: string, source: string): ImportProblem[] {
  const room = rulesFor(path);
  const problems: ImportProblem[] = [];
  if (/^index\.tsx?$/.test(posix.basename(path))) {
    problems.push({ path, line: 1, message: 'is a barrel by its name; name it after its duty' });
  }
  for (const reference of importsOf(path, source)) {
    const message = objection(path, room, reference);
    if (message) problems.push({ path, line: reference.line, message });
  }
  return problems;
}

function rulesFor(path: string): Room {
  const rooms = ROOMS.filter(({ folder }) => isWithin(path, folder));
  const room = rooms.toSorted((a, b) => b.folder.length - a.folder.length).at(0);
  if (!room) throw new Error(`${path} lies in no room of the design`);
  return isTest(path) ? rulesForTests(path) : room;
}

/** A test may reach across its own top-level folder, and to the helpers for tests in scripts/. */
function rulesForTests(path: string): Room {
  const folder = path.slice(0, path.indexOf('/'));
  const reaches = ROOMS.find((room) => room.folder === folder)?.reaches;
  return { folder, reaches: reaches && [...reaches, 'scripts'], builtins: true };
}

function objection(path: string, room: Room, reference: ModuleReference): string | undefined {
  const { specifier } = reference;
  if (reference.kind === 'url') return objectionToUrl(path, room, specifier);
  if (/^\.{1,2}$|^\.{0,2}\/|^[#~]|^@\/|^file:/.test(specifier)) {
    return objectionToOwn(path, room, specifier);
  }
  if (isBuiltin(specifier)) {
    if (room.builtins) return undefined;
    return `imports ${specifier}: ${room.folder}/ runs where Node's modules do not exist`;
  }
  if (room.packages && !room.packages.some((name) => isWithin(specifier, name))) {
    return `imports ${specifier}: ${room.folder}/ uses only ${room.packages.join(', ')}`;
  }
  return undefined;
}

function objectionToOwn(path: string, room: Room, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return `imports ${specifier}: write a relative path`;
  const [file, query] = specifier.split('?');
  if (!query && !/\.tsx?$/.test(file) && !ASSET.test(file)) {
    return `imports ${specifier}: write the extension .ts or .tsx`;
  }
  return objectionToTarget(room, specifier, posix.join(posix.dirname(path), file));
}

/** `new URL(x, import.meta.url)` also names folders and built files: only rooms are protected. */
function objectionToUrl(path: string, room: Room, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (!ROOM_FOLDERS.some((folder) => isWithin(target, folder))) return undefined;
  return objectionToTarget(room, specifier, target);
}

function objectionToTarget(room: Room, specifier: string, target: string): string | undefined {
  const { folder, reaches, except } = room;
  const forbidden = except?.find((other) => isWithin(target, other));
  if (forbidden) return `imports ${specifier}: ${folder}/ may not import ${forbidden}/`;
  if (!reaches || reaches.some((other) => isWithin(target, other))) return undefined;
  const allowed = reaches.map((other) => `${other}/`).join(', ');
  return `imports ${specifier}: ${folder}/ may import only from ${allowed}`;
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
