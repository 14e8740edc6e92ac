import { BlobInfo } from '../../shared/api/schemas.ts';
import { common } from '../text/en/common.ts';
import { ApiError, errorFromText } from './errors.ts';

/** Told how many bytes of how many have gone up. */
export type UploadProgress = (sent: number, total: number) => void;

/**
 * Stores a file of any size under its hash, straight from disk. By XMLHttpRequest, because fetch
 * tells nothing of an upload's progress.
 * @throws ApiError, AbortError.
 */
export function uploadBlob(
  token: string,
  content: Blob,
  onProgress: UploadProgress = () => {},
  signal?: AbortSignal,
): Promise<BlobInfo> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/v1/blobs');
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    request.onerror = () => reject(new ApiError(0, 'UNREACHABLE', common.offline));
    request.onabort = () => reject(signal?.reason ?? new DOMException('Aborted', 'AbortError'));
    request.onload = () => {
      const { status, responseText } = request;
      if (status < 200 || status > 299) return reject(errorFromText(status, responseText));
      try {
        resolve(BlobInfo.parse(JSON.parse(responseText)));
      } catch {
        reject(new ApiError(status, 'ANSWER_INVALID', common.badAnswer));
      }
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    if (signal?.aborted) return reject(signal.reason);
    request.send(content);
  });
}
