/**
 * Prototypes whose methods programs commonly override by assignment on objects that inherit them
 * (`Shape.prototype.toString = ...`, `this.name = ...` in an error's constructor). Assignment fails
 * where the inherited property is read-only, so theirs become accessors that allow it.
 */
const OVERRIDDEN = [
  Object.prototype,
  Function.prototype,
  Error.prototype,
  EvalError.prototype,
  RangeError.prototype,
  ReferenceError.prototype,
  SyntaxError.prototype,
  TypeError.prototype,
  URIError.prototype,
  AggregateError.prototype,
];

/**
 * Freezes the global object and everything that can be reached from it, so that what one shard does
 * to built-ins is not there for the next one, and its result does not depend on who ran before it.
 */
export function freezeIntrinsics(): void {
  for (const prototype of OVERRIDDEN) allowOverrides(prototype);
  const seen = new Set<object>();
  const waiting: unknown[] = [globalThis, ...syntaxOnly()];
  while (waiting.length > 0) {
    const found = waiting.pop();
    if (!isObject(found) || seen.has(found)) continue;
    seen.add(found);
    waiting.push(Object.getPrototypeOf(found));
    for (const key of Reflect.ownKeys(found)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(found, key) ?? {};
      waiting.push(value, get, set);
    }
  }
  for (const found of seen) Object.freeze(found);
}

/** Built-ins that only syntax leads to. */
function syntaxOnly(): object[] {
  return [
    function* () {},
    async () => {},
    async function* () {},
    [][Symbol.iterator](),
    new Map().entries(),
    new Set().values(),
    ''[Symbol.iterator](),
    'x'.matchAll(/x/g),
  ];
}

function allowOverrides(prototype: object): void {
  for (const key of Reflect.ownKeys(prototype)) {
    const described = Object.getOwnPropertyDescriptor(prototype, key);
    if (!described?.configurable || !('value' in described)) continue;
    const { value } = described;
    Object.defineProperty(prototype, key, {
      get: () => value,
      set(this: object, replacement: unknown) {
        if (this === prototype) throw new TypeError(`${String(key)} is read-only here.`);
        Object.defineProperty(this, key, {
          value: replacement,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
      enumerable: described.enumerable,
      configurable: false,
    });
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
