import { utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { type Fields, fieldNames } from '../../shared/job/inputs.ts';
import {
  parseTemplate,
  renderBytes,
  renderText,
  type Template,
} from '../../shared/job/template.ts';
import type { Loaded } from './executor.ts';

/** A file that a program finds when it starts. */
export interface InputFile {
  path: string;
  /** Shared between shards: not to be written to. */
  bytes: Uint8Array;
}

interface FileTemplate {
  path: string;
  content: Template | Uint8Array;
}

/** A job's templates, taken apart once, put together for each shard. */
export class JobTemplates {
  readonly #args: Template[];
  readonly #env: [name: string, value: Template][];
  readonly #stdin: Template | null;
  readonly #files: FileTemplate[];

  /** @throws ManyhandsError `TEMPLATE_...` and `BLOB_MISSING` for a job that was not checked. */
  constructor({ job, blobs }: Loaded) {
    const names = fieldNames(job.inputs);
    const parse = (text: string) => parseTemplate(text, names);
    this.#args = job.args.map(parse);
    this.#env = Object.entries(job.env).map(([name, value]) => [name, parse(value)]);
    this.#stdin = job.stdin === undefined ? null : parse(job.stdin);
    this.#files = job.files.map((file) => {
      if ('content' in file) return { path: file.path, content: parse(file.content) };
      const bytes = blobs.get(file.blob);
      if (bytes) return { path: file.path, content: bytes };
      throw new ManyhandsError('BLOB_MISSING', `The file ${file.path} was not given.`, {
        blob: file.blob,
      });
    });
  }

  args(fields: Fields): string[] {
    return this.#args.map((template) => renderText(template, fields));
  }

  env(fields: Fields): [name: string, value: string][] {
    return this.#env.map(([name, template]) => [name, renderText(template, fields)]);
  }

  stdin(fields: Fields): Uint8Array {
    return this.#stdin ? renderBytes(this.#stdin, fields) : utf8('');
  }

  files(fields: Fields): InputFile[] {
    return this.#files.map(({ path, content }) => ({
      path,
      bytes: content instanceof Uint8Array ? content : renderBytes(content, fields),
    }));
  }
}
