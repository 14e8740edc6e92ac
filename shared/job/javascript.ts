import { parse } from 'es-module-lexer/js';
import { ManyhandsError } from '../errors.ts';

/** A JavaScript program made into one expression. */
export interface WrappedSource {
  /** An expression whose value is the program's function. Lines are those of the source. */
  expression: string;
  /** Characters put before the source on its first line, to take off columns of errors there. */
  prefixColumns: number;
}

/** Holds the function inside the expression. With "=" it is as long as the word "default". */
const NAME = '$_main';
const PREFIX = `(() => { "use strict"; let ${NAME};`;

/**
 * Makes a JavaScript program's source an expression that yields its function. The source either
 * has an `export default`, or begins with its function, declared or as an expression. Nothing is
 * run, and syntax is checked only as far as finding the export needs.
 * @throws ManyhandsError JAVASCRIPT_EMPTY, JAVASCRIPT_IMPORT, JAVASCRIPT_EXPORT, JAVASCRIPT_SYNTAX.
 */
export function wrapSource(source: string): WrappedSource {
  if (source.trim() === '') {
    throw new ManyhandsError('JAVASCRIPT_EMPTY', 'The program is empty. Write one function.');
  }
  const { imports, exports } = lex(source);
  if (imports.length > 0) {
    throw new ManyhandsError(
      'JAVASCRIPT_IMPORT',
      'A program cannot import anything: put all of its code into one source.',
      place(source, imports[0].ss),
    );
  }
  const named = exports.find((found) => found.n !== 'default');
  if (named) {
    throw new ManyhandsError(
      'JAVASCRIPT_EXPORT',
      `Only "export default" counts. Take the word export from "${named.n}".`,
      { name: named.n, ...place(source, named.s) },
    );
  }
  const [main] = exports;
  return main ? wrapModule(source, main) : wrapFunction(source);
}

function wrapFunction(source: string): WrappedSource {
  const prefix = `${PREFIX}${NAME}=`;
  return {
    expression: `${prefix}${source}\n;return ${NAME}; })()`,
    prefixColumns: prefix.length,
  };
}

interface DefaultExport {
  /** Where the statement begins. */
  ss: number;
  /** Where the word `default` begins and ends. */
  s: number;
  e: number;
  /** Name of the exported function, where it is declared with one. */
  ln: string | undefined;
}

/**
 * A named function stays a declaration, so that the rest of the program can call it; anything else
 * is assigned. `export default` is overwritten in place, which keeps columns.
 */
function wrapModule(source: string, { ss: exportAt, s, e, ln }: DefaultExport): WrappedSource {
  const between = source.slice(exportAt + 'export'.length, s);
  if (between.trim() !== '') {
    throw new ManyhandsError(
      'JAVASCRIPT_EXPORT',
      'Write "export default" before the function itself.',
      place(source, exportAt),
    );
  }
  const word = ln === undefined ? `${NAME}=` : ' '.repeat('default'.length);
  const body = `${source.slice(0, exportAt)}${' '.repeat('export'.length)}${between}${word}${source.slice(e)}`;
  return {
    expression: `${PREFIX}${body}\n;return ${ln ?? NAME}; })()`,
    prefixColumns: PREFIX.length,
  };
}

function lex(source: string) {
  try {
    const [imports, exports] = parse(source);
    return { imports, exports };
  } catch (error) {
    const at = (error as { idx?: unknown }).idx;
    throw new ManyhandsError(
      'JAVASCRIPT_SYNTAX',
      'The program cannot be read: a bracket, string or comment is not closed.',
      typeof at === 'number' ? place(source, at) : {},
    );
  }
}

function place(source: string, position: number) {
  const before = source.slice(0, position);
  return {
    line: before.split('\n').length,
    column: position - before.lastIndexOf('\n'),
  };
}
