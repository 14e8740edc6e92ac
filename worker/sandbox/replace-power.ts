import type { Node, Token } from 'acorn';
import { ManyhandsError } from '../../shared/errors.ts';
import { POWER } from '../executors/deterministic-math.ts';

/** A replacement of some of the text; empty at both ends for an insertion. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

interface PowerNode extends Node {
  operator: '**' | '**=';
  left: Node;
  right: Node;
}

/**
 * The text with each `**` as a call of a function that has the same bits in every engine; the
 * operator itself cannot be replaced at run time. Lines stay where they are.
 * @param tree of `text`, and its tokens
 * @throws ManyhandsError `JAVASCRIPT_POWER` for an assignment that cannot be taken apart
 */
export function replacePower(text: string, tree: Node, tokens: readonly Token[]): string {
  const edits: Edit[] = [];
  for (const node of nodesOf(tree).filter(isPower)) {
    const { start, end, operator, left, right } = node;
    const sign = tokens.find(
      (token) =>
        token.start >= left.end &&
        token.end <= right.start &&
        text.slice(token.start, token.end) === operator,
    );
    if (!sign) throw new TypeError('an operator is a token between its operands');
    if (operator === '**') {
      edits.push({ start, end: start, text: `${POWER}(` });
      edits.push({ start: sign.start, end: sign.end, text: ',' });
    } else {
      const target = targetOf(text, left);
      edits.push({ start: sign.start, end: sign.end, text: `= ${POWER}(${target},` });
    }
    edits.push({ start: end, end, text: ')' });
  }
  return apply(text, edits);
}

function isPower(node: Node): node is PowerNode {
  const { operator } = node as Partial<PowerNode>;
  return operator === '**' || operator === '**=';
}

/** The target of an assignment as text that may be evaluated twice. */
function targetOf(text: string, target: Node): string {
  const harmless = ['Identifier', 'MemberExpression', 'ThisExpression', 'Literal'];
  if (nodesOf(target).every(({ type }) => harmless.includes(type))) {
    return text.slice(target.start, target.end);
  }
  throw new ManyhandsError(
    'JAVASCRIPT_POWER',
    'Write "a = a ** b" instead of "a **= b" where a is computed.',
    { line: text.slice(0, target.start).split('\n').length },
  );
}

/** A node and all under it. */
function nodesOf(tree: Node): Node[] {
  const found: Node[] = [];
  const waiting: unknown[] = [tree];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if ('type' in next && 'start' in next) found.push(next as Node);
    waiting.push(...Object.values(next));
  }
  return found;
}

function apply(text: string, edits: Edit[]): string {
  let edited = '';
  let at = 0;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => a.start - b.start)) {
    edited += text.slice(at, start) + replacement;
    at = end;
  }
  return edited + text.slice(at);
}
