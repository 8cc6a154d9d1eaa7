/** Formats a number of bytes: `10 MiB`, `1.5 KiB`, `1 byte`. */

const units = ['KiB', 'MiB', 'GiB'];

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  const amount = Math.floor((bytes / 1024 ** power) * 10) / 10;
  return `${amount} ${units[power - 1]}`;
}
