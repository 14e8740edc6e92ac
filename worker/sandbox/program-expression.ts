import type { Token } from 'acorn';
import { fromUtf8Strict } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { wrapSource } from '../../shared/job/javascript.ts';
import { replacePower } from './replace-power.ts';

/**
 * A JavaScript program as one expression, fit to become part of a worker's source.
 *
 * That it is one expression and no more is proven with a parser. Text like `1)); attack(); ((1`
 * would otherwise run beside the program's place instead of in it, before the worker's own part has
 * taken away what a program must not have.
 * @throws ManyhandsError `PROGRAM_INVALID`, with the place of a syntax error
 */
export async function programExpression(program: Uint8Array): Promise<string> {
  const source = fromUtf8Strict(program);
  if (source === null) throw invalid('JAVASCRIPT_NOT_UTF8', 'The program is not text in UTF-8.');
  const { expression, prefixColumns } = wrapped(source);
  // Large, and needed for programs of this kind only.
  const { parseExpressionAt } = await import('acorn');
  const tokens: Token[] = [];
  try {
    const tree = parseExpressionAt(expression, 0, { ecmaVersion: 'latest', onToken: tokens });
    if (expression.slice(tree.end).trim() === '') return replacePower(expression, tree, tokens);
  } catch (error) {
    if (error instanceof ManyhandsError) throw invalid(error.code, error.message, error.facts);
    const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
    const { line = 1, column = 0 } = loc ?? {};
    const place = { line, column: Math.max(1, column + 1 - (line === 1 ? prefixColumns : 0)) };
    const what = message.replace(/ \(\d+:\d+\)$/, '');
    throw invalid(
      'JAVASCRIPT_SYNTAX',
      `The program cannot be read at line ${place.line}, column ${place.column}: ${what}.`,
      place,
    );
  }
  throw invalid(
    'JAVASCRIPT_SYNTAX',
    'The program goes on behind its end: a bracket is closed twice.',
  );
}

function wrapped(source: string) {
  try {
    return wrapSource(source);
  } catch (error) {
    if (!(error instanceof ManyhandsError)) throw error;
    throw invalid(error.code, error.message, error.facts);
  }
}

function invalid(reason: string, message: string, facts: ManyhandsError['facts'] = {}) {
  return new ManyhandsError('PROGRAM_INVALID', message, { ...facts, reason });
}
