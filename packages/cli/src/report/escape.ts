import { cleanText } from '../output/clean.ts';

/** A text for HTML, in an element or a quoted attribute. */
export function html(text: string): string {
  return cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
