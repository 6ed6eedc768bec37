/** Of the page's content policy: without it no style that is made at run time takes effect. Empty under Vite's own server. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/**
 * For libraries that know no content policy and ask the global document: from now on style elements are made with the
 * nonce and take what is written to them as text, never as markup (Trusted Types), and what would be a style attribute of
 * a span goes through the object model, which the policy leaves alone.
 */
export function makeStylesAllowed(): void {
  if (Object.hasOwn(document, 'createElement')) return;
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element: HTMLElement = Document.prototype.createElement.call(document, name, options);
    if (name === 'style') {
      element.nonce = styleNonce;
      Object.defineProperty(element, 'innerHTML', STYLES_AS_TEXT);
    } else if (name === 'span') element.setAttribute = stylesByProperty;
    return element;
  };
}

const STYLES_AS_TEXT: PropertyDescriptor & ThisType<HTMLElement> = {
  get() {
    return this.textContent;
  },
  set(styles: string) {
    this.textContent = styles;
  },
};

function stylesByProperty(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
