/** One thing that the compiler or linker has to say about a program. */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'note';
  message: string;
  /** Null where it concerns no place in a file: a linker's undefined symbol, a bad flag. */
  file: string | null;
  /** From 1; 0 where there is no place. */
  line: number;
  column: number;
}

const PLACED = /^(.+?):(\d+):(\d+): (?:fatal )?(error|warning|note): (.*)$/;
const UNPLACED = /^(?:clang|clang\+\+|wasm-ld)(?:-\d+)?: (?:fatal )?(error|warning|note): (.*)$/;
/** The linker names an object file, whose name says only which source it came from. */
const OBJECT = /^\/tmp\/(.+)-[0-9a-f]{6}\.o: /;
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Diagnostics in the order of clang's or wasm-ld's standard error; other lines are left out. */
export function parseDiagnostics(stderr: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const line of stderr.replace(COLOUR, '').split(/\r?\n/)) {
    const placed = PLACED.exec(line);
    if (placed) {
      found.push({
        severity: placed[4] as Diagnostic['severity'],
        message: placed[5],
        file: placed[1].replace(/^\.\//, ''),
        line: Number(placed[2]),
        column: Number(placed[3]),
      });
      continue;
    }
    const unplaced = UNPLACED.exec(line);
    if (unplaced) {
      const severity = unplaced[1] as Diagnostic['severity'];
      const message = unplaced[2].replace(OBJECT, '$1: ');
      found.push({ severity, message, file: null, line: 0, column: 0 });
    }
  }
  return found;
}
