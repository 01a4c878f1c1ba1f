/**
 * A value as JSON that a terminal can be shown: JSON itself leaves DEL and the C1 controls as they are, and terminals obey those.
 * What it says stays the same.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\u007F-\u009F]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
