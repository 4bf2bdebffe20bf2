import type { Shape } from "@unroll/tensor";

/** One tensor in a listing. */
export interface ListedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly bytes: number;
}

/** One line per tensor, in columns, and their total. */
export function formatTensors(tensors: readonly ListedTensor[]): string {
  const rows = tensors.map(({ name, dtype, shape, bytes }) => [name, dtype, `[${shape.join(", ")}]`, formatBytes(bytes)]);
  const total = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  rows.push([`${tensors.length} tensors`, "", "", formatBytes(total)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A size for people: `96 B`, `1.5 kB`, `2.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}
