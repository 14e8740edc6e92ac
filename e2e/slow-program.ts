/** Computes for a while, so that a page is seen at it: the source of a JavaScript job. */
export const SLOW = `export default function (i) {
  let x = i;
  for (let k = 0; k < 5e7; k++) x = (x * 1103515245 + 12345) & 0x7fffffff;
  return x;
}`;
