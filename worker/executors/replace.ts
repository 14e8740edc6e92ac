/** Defines methods and values on an object as built-in ones are defined: writable, not enumerable. */
export function replace(target: object, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
}
