import type { Job } from '../../shared/api/schemas.ts';
import { utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Client } from '../api/client.ts';
import { uploadBlob } from '../api/upload.ts';
import { request as text } from '../text/en/request.ts';
import { type Draft, draftFiles, type ProgramDraft } from './draft.ts';
import { toSpec } from './to-spec.ts';
import type { CompileOf } from './use-compiler.ts';

/** Files that were uploaded since the page was opened; changing a field must not send them again. */
const uploaded = new WeakMap<Blob, string>();

/**
 * The bytes of a program as they will be posted.
 * @param stage its place among the further stages; null for the job's own
 * @throws ManyhandsError `PROGRAM_NOT_READY` where it does not compile or is not chosen.
 */
export async function programBytes(
  { source, code, wasm: module }: ProgramDraft,
  stage: number | null,
  compile: CompileOf,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source === 'javascript') return utf8(code.javascript);
  if (source === 'wasm') {
    if (!module) throw notReady(text.errors.noProgram, stage);
    return new Uint8Array(await module.arrayBuffer());
  }
  const wasm = await compile(stage);
  if (!wasm) throw notReady(text.errors.doesNotCompile, stage);
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
  compile: CompileOf,
  idempotencyKey: string,
  onShare: (share: number) => void,
): Promise<Job> {
  const programs = [new Blob([await programBytes(draft, null, compile)])];
  for (const [at, stage] of draft.stages.entries())
    programs.push(new Blob([await programBytes(stage, at, compile)]));
  const files = draftFiles(draft);
  const total = [...programs, ...files].reduce((sum, { size }) => sum + size, 0);
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
  const programIds: string[] = [];
  for (const program of programs) programIds.push(await upload(program));
  const ids = new Map<File, string>();
  for (const file of files) ids.set(file, await upload(file));
  const [program, ...stages] = programIds;
  const spec = toSpec(draft, { program, stages, of: (file) => ids.get(file) ?? '' });
  return client.post(spec, idempotencyKey);
}

function notReady(message: string, stage: number | null): ManyhandsError {
  const path = stage === null ? 'program' : `stages.${stage}.program`;
  return new ManyhandsError('PROGRAM_NOT_READY', message, { path });
}
