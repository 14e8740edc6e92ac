/** What a requester is told of a program that was stopped at the job's limit of time. */
export function tooSlow(timeMs: number): string {
  return `The program did not end within the job's limit of ${timeMs} ms. Raise the limit or give it less to do.`;
}
