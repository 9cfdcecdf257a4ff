/** The name the compose tools give a project by themselves: the folder of its file, as far as it may be one. */
export function projectOf(file: string): string {
  const folder = file.split(/[\\/]/).at(-2) ?? "";
  return folder
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}
