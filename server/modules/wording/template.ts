import type { LocalizedText } from '#kernel/text.ts';

/** What a notice says, with `{name}` places; `{brand}` is always there. */
export interface Template {
  subject: LocalizedText;
  body: LocalizedText;
}
