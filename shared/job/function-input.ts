import { fromUtf8 } from '../bytes.ts';
import type { Fields } from './inputs.ts';
import type { Inputs } from './spec.ts';

/**
 * What a JavaScript program gets as its first argument, from a shard's template fields: a range's
 * number, a grid's `{axis: value}`, a line's or chunk's text, a file's `{name, text, bytes}`,
 * the `{text, bytes}` of what a stage takes of the one before.
 */
export function functionInput(inputs: Inputs, fields: Readonly<Fields>): unknown {
  switch (inputs.kind) {
    case 'range':
      return fields.i;
    case 'grid':
      return Object.fromEntries(inputs.axes.map(({ name }) => [name, fields[name]]));
    case 'lines':
      return fields.line;
    case 'chunks':
      return fromUtf8(fields.content as Uint8Array);
    case 'parts': {
      const bytes = fields.content as Uint8Array;
      return { text: fromUtf8(bytes), bytes };
    }
    case 'files': {
      const bytes = fields.content as Uint8Array;
      return { name: fields.name, text: fromUtf8(bytes), bytes };
    }
  }
}
