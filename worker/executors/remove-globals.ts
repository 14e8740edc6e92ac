import { POWER } from './deterministic-math.ts';
import { replace } from './replace.ts';

/**
 * The globals that a program has: those of the language that behave the same everywhere, and a few
 * pure ones of the platform. Whatever else a browser has, and will have, is not here; so it goes.
 *
 * Of the language are missing: WeakRef and FinalizationRegistry, which show when memory is
 * collected; SharedArrayBuffer and Atomics, a precise clock; Intl and Temporal, which show the
 * machine's locale, time zone and time; WebAssembly, which is a kind of program of its own.
 */
const KEPT = new Set(
  `globalThis self undefined NaN Infinity
  Object Function Boolean Symbol Number BigInt Math String RegExp Array Map Set WeakMap WeakSet
  Date JSON Promise Proxy Reflect Iterator
  ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array
  Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  SuppressedError DisposableStack AsyncDisposableStack
  eval isFinite isNaN parseFloat parseInt
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
  TextEncoder TextDecoder atob btoa structuredClone queueMicrotask ${POWER}`.split(/\s+/),
);

/** Takes away every global but the kept ones, and the locale from methods that use it. */
export function removeGlobals(): void {
  let holder: object = globalThis;
  // Workers have their functions on the prototypes of the global object.
  while (holder !== Object.prototype && holder !== null) {
    for (const key of Reflect.ownKeys(holder)) {
      if (typeof key === 'string' && KEPT.has(key)) continue;
      if (!Reflect.deleteProperty(holder, key)) Reflect.set(holder, key, undefined);
    }
    holder = Object.getPrototypeOf(holder);
  }
  forgetLocale();
}

function forgetLocale(): void {
  for (const { prototype } of [Number, BigInt]) {
    replace(prototype, { toLocaleString: prototype.toString });
  }
  const { toUpperCase, toLowerCase } = String.prototype;
  replace(String.prototype, {
    toLocaleUpperCase: toUpperCase,
    toLocaleLowerCase: toLowerCase,
    /** By UTF-16 units, as `<` does. */
    localeCompare(this: string, other: unknown) {
      const [a, b] = [String(this), String(other)];
      if (a === b) return 0;
      return a < b ? -1 : 1;
    },
  });
}
