import type { JsonValue } from '@orc/cache';

/** Whether two values are equal as a phase can see them, the order of their members included. */
export function sameJson(one: JsonValue, other: JsonValue): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one))
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((value: JsonValue, index) => sameJson(value, other[index] as JsonValue))
    );
  if (Array.isArray(other)) return false;
  const names = Object.keys(one);
  const others = Object.keys(other);
  return (
    names.length === others.length &&
    names.every(
      (name, index) =>
        name === others[index] &&
        sameJson(
          (one as Record<string, JsonValue>)[name] as JsonValue,
          (other as Record<string, JsonValue>)[name] as JsonValue,
        ),
    )
  );
}
