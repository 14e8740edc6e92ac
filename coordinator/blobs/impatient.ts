import { ManyhandsError } from '../../shared/errors.ts';

/** An upload that is silent so long has lost its line. */
const STALLED_MS = 60_000;

/**
 * The pieces of an upload, until none has come for so long that it holds its place for nothing.
 * @throws ManyhandsError `UPLOAD_STALLED`
 */
export async function* impatient(
  body: ReadableStream<Uint8Array>,
  patienceMs = STALLED_MS,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(patienceMs, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // Of a body that has broken off there is nothing to cancel any more.
    reader.cancel().catch(() => {});
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(uploadStalled(ms)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function uploadStalled(ms: number): ManyhandsError {
  return new ManyhandsError(
    'UPLOAD_STALLED',
    `Nothing of this upload has come for ${ms / 1000} seconds. Send it again.`,
  );
}
