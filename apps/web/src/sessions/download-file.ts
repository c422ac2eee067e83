// Hands a disk-backed file to the browser's own downloads.

/** A browser doesn't tell when a download has ended, so the URL lives long. */
const URL_LIFE_MS = 60 * 60 * 1000;

export function downloadFile(file: File, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFE_MS);
}
