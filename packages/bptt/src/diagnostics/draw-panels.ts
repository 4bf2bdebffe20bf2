/** A series to draw, all of one sign: norms, losses. */
export interface Panel {
  readonly title: string;
  readonly values: readonly number[];
}

/** Size of each panel, in characters. */
export interface PanelSize {
  /** Default 44. */
  readonly width?: number;
  /** Default 8. */
  readonly height?: number;
}

const eighths = " ▁▂▃▄▅▆▇█";
// What is smaller than the largest value by more decades than these is not told apart.
const decades = 40;

/**
 * Draws series side by side as bars on one logarithmic scale, for a terminal. Where a series is longer than its panel is
 * wide, a bar shows the largest of its values; 0 has no bar, and what is not finite is drawn as `!`.
 */
export function drawPanels(panels: readonly Panel[], { width = 44, height = 8 }: PanelSize = {}): string {
  const finite = panels.flatMap(({ values }) => values.filter((value) => Number.isFinite(value) && value > 0));
  const top = Math.ceil(Math.log10(Math.max(...finite, 1e-300)));
  const bottom = Math.max(top - decades, Math.min(top - 1, Math.floor(Math.log10(Math.min(...finite, 10 ** top)))));
  const drawn = panels.map((panel) => drawPanel(panel, { width, height, top, bottom }));
  const axis = Array.from({ length: height + 2 }, (_, row) => (row === 1 ? `1e${top}` : row === height ? `1e${bottom}` : "")).map(
    (label) => label.padStart(6),
  );
  return axis.map((label, row) => [label, ...drawn.map((lines) => lines[row])].join(" ").trimEnd()).join("\n");
}

function drawPanel(
  { title, values }: Panel,
  { width, height, top, bottom }: Required<PanelSize> & { readonly top: number; readonly bottom: number },
): string[] {
  const columns = Math.min(width, values.length);
  const bars = Array.from({ length: columns }, (_, column) =>
    values.slice(Math.floor((column * values.length) / columns), Math.floor(((column + 1) * values.length) / columns)),
  ).map((group) => (group.every(Number.isFinite) ? Math.max(...group) : NaN));
  const fill = (value: number, level: number): string => {
    if (Number.isNaN(value)) return "!";
    const share = (Math.log10(value) - bottom) / (top - bottom);
    const steps = Math.max(1, Math.round(share * height * 8)) - level * 8;
    return value > 0 ? (eighths[Math.min(8, Math.max(0, steps))] as string) : " ";
  };
  const rows = Array.from(
    { length: height },
    (_, row) =>
      `│${bars
        .map((value) => fill(value, height - 1 - row))
        .join("")
        .padEnd(width)}`,
  );
  const last = `${values.length - 1}`;
  return [` ${title.slice(0, width).padEnd(width)}`, ...rows, `└0${last.padStart(columns - 1, "─").padEnd(width - 1)}`];
}
