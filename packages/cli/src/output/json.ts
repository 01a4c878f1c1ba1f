/**
 * A value as JSON that a terminal can be shown: JSON itself leaves DEL, the C1 controls and the marks of bidirectional text as they are, and
 * terminals obey those. What it says stays the same.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
