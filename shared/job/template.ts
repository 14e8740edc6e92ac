import { fromUtf8, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import type { Fields } from './inputs.ts';

/** A template taken apart: literal text and fields in turn. */
export interface Template {
  readonly parts: readonly (string | { readonly field: string })[];
}

/**
 * Takes a template apart. `{name}` is a field; `{{` and `}}` are literal braces.
 * Facts of errors: `position` (UTF-16 units from 0), `line` and `column` (from 1).
 * @param names the fields there are, see `fieldNames`.
 * @throws ManyhandsError TEMPLATE_UNKNOWN_FIELD, TEMPLATE_UNCLOSED, TEMPLATE_STRAY_BRACE.
 */
export function parseTemplate(text: string, names: readonly string[]): Template {
  const parts: (string | { field: string })[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const brace = nextBrace(text, at);
    literal += text.slice(at, brace);
    if (brace === text.length) break;
    if (text[brace] === text[brace + 1]) {
      literal += text[brace];
      at = brace + 2;
      continue;
    }
    if (text[brace] === '}') throw strayBrace(text, brace);
    const close = text.indexOf('}', brace);
    if (close < 0) throw unclosed(text, brace);
    const field = text.slice(brace + 1, close);
    if (!names.includes(field)) throw unknownField(text, brace, field, names);
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ field });
    at = close + 1;
  }
  if (literal !== '') parts.push(literal);
  return { parts };
}

/** The template with a shard's fields put in; bytes are read as UTF-8. */
export function renderText(template: Template, fields: Readonly<Fields>): string {
  let text = '';
  for (const part of template.parts) {
    if (typeof part === 'string') text += part;
    else {
      const value = fields[part.field];
      text += value instanceof Uint8Array ? fromUtf8(value) : value;
    }
  }
  return text;
}

/** As `renderText` in UTF-8, but a template that is one field of bytes yields those bytes as they are. */
export function renderBytes(template: Template, fields: Readonly<Fields>): Uint8Array {
  const [only] = template.parts;
  if (template.parts.length === 1 && typeof only !== 'string') {
    const value = fields[only.field];
    if (value instanceof Uint8Array) return value;
  }
  return utf8(renderText(template, fields));
}

function nextBrace(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === '{' || text[at] === '}') return at;
  return text.length;
}

function unknownField(text: string, position: number, field: string, names: readonly string[]) {
  const shown = field.length > 40 ? `${field.slice(0, 40)}...` : field;
  return new ManyhandsError(
    'TEMPLATE_UNKNOWN_FIELD',
    `There is no field {${shown}} here. These inputs have ${names.map((n) => `{${n}}`).join(', ')}; write {{ and }} for braces.`,
    { field: shown, ...place(text, position) },
  );
}

function unclosed(text: string, position: number) {
  return new ManyhandsError(
    'TEMPLATE_UNCLOSED',
    'A { is never closed. Write {{ for a brace itself.',
    place(text, position),
  );
}

function strayBrace(text: string, position: number) {
  return new ManyhandsError(
    'TEMPLATE_STRAY_BRACE',
    'A } stands alone. Write }} for a brace itself.',
    place(text, position),
  );
}

function place(text: string, position: number) {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return { position, line, column: position - before.lastIndexOf('\n') };
}
