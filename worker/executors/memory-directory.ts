import { Directory, type Inode, PreopenDirectory, wasi } from '@bjorn3/browser_wasi_shim';
import { MemoryFile } from './memory-file.ts';
import type { MemoryVolume } from './memory-volume.ts';

/** The names in one directory. The shim links, renames and unlinks through this map alone. */
class Entries extends Map<string, Inode> {
  override set(name: string, inode: Inode): this {
    const replaced = this.get(name);
    super.set(name, inode);
    if (inode instanceof MemoryFile) {
      inode.named();
      // After `set`, so that whoever listens finds the file under its new name.
      if (inode.complete) inode.volume.onComplete(inode);
    }
    if (replaced !== inode) forget(replaced);
    return this;
  }

  override delete(name: string): boolean {
    const removed = this.get(name);
    const existed = super.delete(name);
    forget(removed);
    return existed;
  }
}

function forget(inode: Inode | undefined): void {
  if (inode instanceof MemoryFile) inode.unnamed();
  else if (inode instanceof MemoryDirectory) inode.volume.giveBackEntry();
}

/** A directory whose entries are counted and whose new files are `MemoryFile`s. */
class MemoryDirectory extends Directory {
  readonly volume: MemoryVolume;

  constructor(volume: MemoryVolume) {
    super(new Entries());
    this.ino = volume.nextInode();
    this.volume = volume;
  }

  override create_entry_for_path(path: string, isDirectory: boolean) {
    const names = partsOf(path);
    const name = names.pop();
    const parent = names.reduce<Inode | undefined>(
      (at, part) => (at instanceof MemoryDirectory ? at.contents.get(part) : undefined),
      this,
    );
    if (!(parent instanceof MemoryDirectory) || name === undefined) {
      return { ret: wasi.ERRNO_NOENT, entry: null };
    }
    if (!this.volume.takeEntry()) return { ret: wasi.ERRNO_NOSPC, entry: null };
    const entry = isDirectory ? new MemoryDirectory(this.volume) : new MemoryFile(this.volume);
    parent.contents.set(name, entry);
    return { ret: wasi.ERRNO_SUCCESS, entry };
  }

  /** Puts a file at an absolute path, making the directories on the way. */
  place(path: string, bytes: Uint8Array): void {
    const names = partsOf(path);
    const name = names.pop() ?? '';
    let at: MemoryDirectory = this;
    for (const part of names) {
      const next = at.contents.get(part);
      if (next instanceof MemoryDirectory) at = next;
      else {
        const made = new MemoryDirectory(this.volume);
        at.contents.set(part, made);
        at = made;
      }
    }
    at.contents.set(name, new MemoryFile(this.volume, bytes));
  }

  /** The file at an absolute path, where there is one. */
  fileAt(path: string): MemoryFile | undefined {
    const found = partsOf(path).reduce<Inode | undefined>(
      (at, part) => (at instanceof MemoryDirectory ? at.contents.get(part) : undefined),
      this,
    );
    return found instanceof MemoryFile ? found : undefined;
  }
}

/** The program's `/`, in which absolute and relative paths begin. */
export class RootDirectory extends PreopenDirectory {
  declare dir: MemoryDirectory;

  constructor(volume: MemoryVolume) {
    super('/', new Map());
    this.dir = new MemoryDirectory(volume);
  }
}

/** Names on a path; the shim has refused paths that lead out of the root. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts;
}
