import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManyhandsError } from '../errors.ts';
import { parseTemplate, renderBytes, renderText } from './template.ts';

const names = ['shard', 'i', 'content'];
const fields = { shard: 3, i: 0.5, content: Uint8Array.of(0xff, 0x41) };
const render = (text: string) => renderText(parseTemplate(text, names), fields);
const failure = (text: string) => {
  try {
    parseTemplate(text, names);
  } catch (error) {
    return error as ManyhandsError;
  }
  throw new Error('was parsed');
};

describe('templates', () => {
  it('JOB-10 put fields in and take doubled braces for braces', () => {
    expect(render('--seed {i} of {shard}{shard}')).toBe('--seed 0.5 of 33');
    expect(render('{{"i": {i}}}')).toBe('{"i": 0.5}');
    expect(render('{{{i}}}')).toBe('{0.5}');
    expect(render('')).toBe('');
  });

  it('JOB-10 leave any text as it is once its braces are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'i', '\n', 'é', '😀') }), (text) => {
        expect(render(text.replace(/[{}]/g, '$&$&'))).toBe(text);
      }),
    );
  });

  it('JOB-11 yield bytes untouched where the template is one field of bytes', () => {
    const bytes = (text: string) => [...renderBytes(parseTemplate(text, names), fields)];
    expect(bytes('{content}')).toEqual([0xff, 0x41]);
    expect(bytes('{content}\n')).toEqual([0xef, 0xbf, 0xbd, 0x41, 0x0a]);
    expect(bytes('{i}')).toEqual([0x30, 0x2e, 0x35]);
  });

  it('JOB-12 are refused with the place of what is wrong', () => {
    expect(failure('a\nb {x}')).toMatchObject({
      code: 'TEMPLATE_UNKNOWN_FIELD',
      facts: { field: 'x', position: 4, line: 2, column: 3 },
    });
    expect(failure('a\nb {x}').message).toContain('{shard}, {i}, {content}');
    expect(failure('{ i }').code).toBe('TEMPLATE_UNKNOWN_FIELD');
    expect(failure('{}').code).toBe('TEMPLATE_UNKNOWN_FIELD');
    expect(failure('x{i')).toMatchObject({ code: 'TEMPLATE_UNCLOSED', facts: { position: 1 } });
    expect(failure('x}')).toMatchObject({ code: 'TEMPLATE_STRAY_BRACE', facts: { column: 2 } });
    expect(failure(`{${'x'.repeat(60_000)}}`).message.length).toBeLessThan(300);
  });

  it('JOB-12 either parse or fail with a code, whatever the text', () => {
    const unit = fc.constantFrom('{', '}', 'i', 'shard', ' ', '\n');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        try {
          render(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ManyhandsError);
        }
      }),
    );
  });
});
