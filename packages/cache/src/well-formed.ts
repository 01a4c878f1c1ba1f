/** Whether a text has no lone surrogates. Node 20 has the method, the ES2023 library of TypeScript does not know it yet. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** A key for where texts become UTF-8, in which all lone surrogates would become the same replacement character. */
export function wellFormed(key: string): string {
  return isWellFormed(key) ? key : `\u0000utf16:${JSON.stringify(key)}`;
}
