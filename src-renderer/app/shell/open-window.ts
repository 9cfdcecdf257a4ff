/** Another window, or tab of the browser, that shows what this one shows. The desktop decides what becomes of it. */
export function openWindow(): void {
  const { pathname, search } = window.location;
  window.open(pathname + search, "_blank", "noopener");
}
