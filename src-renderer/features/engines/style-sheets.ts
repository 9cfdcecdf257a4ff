/**
 * The terminal writes its sizes and colours into style elements, which the page's policy refuses. An element of this
 * name takes their place: its text becomes a style sheet made by script, which the policy allows.
 */
const TAG = "ph-style-sheet";

class StyleSheetElement extends HTMLElement {
  readonly #sheet = new CSSStyleSheet();

  override get textContent(): string {
    return "";
  }
  override set textContent(text: string) {
    this.#sheet.replaceSync(text);
  }

  connectedCallback(): void {
    document.adoptedStyleSheets.push(this.#sheet);
  }

  disconnectedCallback(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }
}

/** Calls `action`; style elements it makes are style sheets made by script. */
export function withScriptedStyles(action: () => void): void {
  if (customElements.get(TAG) === undefined) customElements.define(TAG, StyleSheetElement);
  const { createElement } = Document.prototype;
  const replacement = (name: string) => createElement.call(document, name === "style" ? TAG : name);
  Object.defineProperty(document, "createElement", { value: replacement, configurable: true });
  try {
    action();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}
