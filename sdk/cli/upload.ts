import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { ManyhandsError } from '../../shared/errors.ts';
import type { GivenFile, JobSpecInput } from '../../shared/job/spec.ts';
import type { Client } from '../client/client.ts';
import type { LocalInputs } from './inputs.ts';
import { readLocal } from './program.ts';

/** Above it a file is streamed instead of read, hashed and asked for first. */
const STREAM_BYTES = 64 * 1024 * 1024;

/** A file's blob id, after it has been uploaded. */
async function uploadFile(client: Client, path: string): Promise<string> {
  let bytes: number;
  try {
    bytes = statSync(path).size;
  } catch (error) {
    throw new ManyhandsError(
      'FILE_UNREADABLE',
      `${path} cannot be read: ${(error as Error).message}.`,
      { path },
    );
  }
  if (bytes <= STREAM_BYTES) return (await client.upload(readLocal(path))).id;
  const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  return (await client.uploadStream(stream)).id;
}

/** Inputs with their files uploaded. */
export async function uploadInputs(
  client: Client,
  inputs: LocalInputs,
): Promise<JobSpecInput['inputs']> {
  switch (inputs.kind) {
    case 'lines':
      return {
        kind: 'lines',
        file: await uploadFile(client, inputs.path),
        perShard: inputs.perShard,
      };
    case 'chunks':
      return { kind: 'chunks', file: await uploadFile(client, inputs.path), bytes: inputs.bytes };
    case 'files': {
      const files = [];
      for (const path of inputs.paths)
        files.push({ name: basename(path), blob: await uploadFile(client, path) });
      return { kind: 'files', files };
    }
    default:
      return inputs;
  }
}

/** `PATH=@LOCAL` gives a local file's bytes, `PATH=TEXT` a template. */
export async function givenFile(client: Client, text: string): Promise<GivenFile> {
  const at = text.indexOf('=');
  if (at < 1)
    throw new ManyhandsError(
      'OPTION_INVALID',
      `--file "${text}" cannot be read. Write /path=@local or /path=text.`,
      {
        value: text,
      },
    );
  const path = text.slice(0, at);
  const content = text.slice(at + 1);
  if (content.startsWith('@')) return { path, blob: await uploadFile(client, content.slice(1)) };
  return { path, content };
}
