/** Gives the browser a file to keep. */
export function saveFile(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser holds the file by itself once the click was taken.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
