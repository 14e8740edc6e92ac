import { toErrorBody } from '../../shared/errors.ts';

/** Of failures to have a job's data those that a contributor is told apart. */
const TOLD_APART = ['DATA_CAP'];

/** What the engine hears of such a failure. */
export function troubleOf(error: unknown): { code?: string; message: string } {
  const { code, message } = toErrorBody(error);
  return TOLD_APART.includes(code) ? { code, message } : { message };
}
