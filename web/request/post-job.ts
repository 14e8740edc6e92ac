import type { Job } from '../../shared/api/schemas.ts';
import { utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Client } from '../api/client.ts';
import { uploadBlob } from '../api/upload.ts';
import { request as text } from '../text/en/request.ts';
import { type Draft, draftFiles } from './draft.ts';
import { toSpec } from './to-spec.ts';
import type { CompilerControls } from './use-compiler.ts';

/** Files that were uploaded since the page was opened; changing a field must not send them again. */
const uploaded = new WeakMap<Blob, string>();

/**
 * The bytes of the draft's program as it will be posted.
 * @throws ManyhandsError `PROGRAM_NOT_READY` where it does not compile or is not chosen.
 */
export async function programBytes(
  draft: Draft,
  compile: CompilerControls['compile'],
): Promise<Uint8Array<ArrayBuffer>> {
  if (draft.source === 'javascript') return utf8(draft.code.javascript);
  if (draft.source === 'wasm') {
    if (!draft.wasm) throw notReady(text.errors.noProgram);
    return new Uint8Array(await draft.wasm.arrayBuffer());
  }
  const wasm = await compile();
  if (!wasm) throw notReady(text.errors.doesNotCompile);
  return wasm;
}

/**
 * Uploads what the draft needs and posts it.
 * @param idempotencyKey the same for every try to post the same draft, so that it is posted once
 * @param onShare told which part of the bytes has gone up, `0..1`
 * @throws ManyhandsError; of the API's errors `facts.path` says which field they are about
 */
export async function postJob(
  client: Client,
  draft: Draft,
  compile: CompilerControls['compile'],
  idempotencyKey: string,
  onShare: (share: number) => void,
): Promise<Job> {
  const program = new Blob([await programBytes(draft, compile)]);
  const files = draftFiles(draft);
  const total = [program, ...files].reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const upload = async (content: Blob): Promise<string> => {
    const known = uploaded.get(content);
    const id =
      known ??
      (await uploadBlob(client.token, content, (sent) => onShare((before + sent) / total))).id;
    uploaded.set(content, id);
    before += content.size;
    onShare(before / total);
    return id;
  };
  const programId = await upload(program);
  const ids = new Map<File, string>();
  for (const file of files) ids.set(file, await upload(file));
  const spec = toSpec(draft, { program: programId, of: (file) => ids.get(file) ?? '' });
  return client.post(spec, idempotencyKey);
}

function notReady(message: string): ManyhandsError {
  return new ManyhandsError('PROGRAM_NOT_READY', message, { path: 'program' });
}
