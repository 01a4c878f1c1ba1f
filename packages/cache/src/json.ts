/** What JSON can carry faithfully. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object of {@link JsonValue}s. */
export interface JsonObject {
  /** A member. */
  readonly [member: string]: JsonValue;
}
