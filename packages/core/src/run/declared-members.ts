import type { OrcError } from '../errors.ts';

/** Stands behind the members that a phase declares, and refuses the others. Made once: an object with another prototype costs V8 a shape of its own. */
export interface Guard {
  /** What is declared. */
  readonly names: readonly string[];
  /** The prototype. */
  readonly prototype: object;
  /** What is handed out where none of them is there. */
  readonly empty: object;
}

/** A guard of these names. Reading another one throws what `refuse` makes. */
export function guardOf(names: readonly string[], refuse: (name: string) => OrcError): Guard {
  const declared = new Set(names);
  // Behind the object and not around it: its own members are read without a detour, and threads can clone it.
  const prototype = new Proxy(Object.prototype, {
    get(target, name) {
      // What every object has, and what a promise or a serializer looks for, is no member.
      if (typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON' || declared.has(name))
        return Reflect.get(target, name) as unknown;
      throw refuse(name);
    },
  });
  return { names, prototype, empty: Object.freeze(Object.create(prototype) as object) };
}

/**
 * A frozen object of the declared members that are there: to enumerate, to spread, to clone and to turn into JSON it is an object of those
 * alone.
 */
export function declaredMembers<T>(
  from: Readonly<Record<string, T>>,
  { names, prototype, empty }: Guard,
): Readonly<Record<string, T>> {
  let members: Record<string, T> | undefined;
  for (const name of names) {
    const value = Object.hasOwn(from, name) ? from[name] : undefined;
    if (value === undefined) continue;
    members ??= Object.create(prototype) as Record<string, T>;
    Object.defineProperty(members, name, { value, enumerable: true });
  }
  return members === undefined ? (empty as Readonly<Record<string, T>>) : Object.freeze(members);
}
