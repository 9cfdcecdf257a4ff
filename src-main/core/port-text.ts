/** Puts the port of a run into a text of its manifest, wherever `{port}` stands. */
export function fillInPort(text: string, port: number | null): string {
  return port === null ? text : text.replaceAll("{port}", String(port));
}
