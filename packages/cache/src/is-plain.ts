/** Whether an object is a plain one: made by a literal, `JSON.parse` or `Object.create(null)`, here or in another realm. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // The Object.prototype of another realm, as in a vm context.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}

/** What to call an object that is not plain: `a Date`. */
export function className(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== ''
    ? `a ${constructor.name}`
    : 'a class instance';
}
