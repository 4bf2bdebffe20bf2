import { checkWord } from "../checks/check-word.js";
import { fail } from "../error.js";
import { checkSeries, columnMap, cutSegments, derive, failMixed, type Series } from "./series.js";

/**
 * What to do about a missing value: `error` names the rows; `drop` leaves the row out, which makes a gap that no window
 * crosses; `forwardFill` repeats the value before; `interpolate` draws a line between its neighbours, by time if there
 * are times; `mask` keeps it as NaN, which windows turn into a mask and scalers and metrics leave out.
 */
export type MissingRule = "error" | "drop" | "forwardFill" | "interpolate" | "mask";

/** One rule for all columns, or one for each; columns without one follow `error`. */
export type MissingRules = MissingRule | Readonly<Record<string, MissingRule>>;

/**
 * A series whose missing values have been dealt with. Filling never looks across a gap nor outside the series, so that
 * applied to the parts of a split it carries nothing from one to another; `interpolate` applied before a split may.
 *
 * @throws DataError `missing-value` naming the first rows that a rule refuses or cannot fill, `option` for an unknown rule.
 */
export function fillMissing(series: Series, rules: MissingRules): Series {
  checkSeries("fillMissing", series);
  const filled = columnMap(series);
  const dropped = new Set<number>();
  const byColumn = typeof rules === "object" ? new Map(Object.entries(rules)) : undefined;
  for (const [column, values] of filled) {
    const rule = byColumn === undefined ? (rules as MissingRule) : (byColumn.get(column) ?? "error");
    checkWord("fillMissing", "rule", rule, ["error", "drop", "forwardFill", "interpolate", "mask"]);
    if (rule === "mask" || !values.some(Number.isNaN)) continue;
    if (rule === "forwardFill" || rule === "interpolate") filled.set(column, fill(series, column, rule));
    else if (rule === "drop") values.forEach((value, row) => Number.isNaN(value) && dropped.add(row));
    else failMissing(series, column, missingRows(values));
  }
  const result = derive(series, { values: filled });
  return dropped.size === 0 ? result : withoutRows(result, dropped);
}

/** Rows of NaN. */
export function missingRows(values: Float64Array): number[] {
  const rows: number[] = [];
  values.forEach((value, row) => Number.isNaN(value) && rows.push(row));
  return rows;
}

/** Throws `missing-value` naming the first of some rows of a column. */
export function failMissing(series: Series, column: string, rows: readonly number[]): never {
  const named = rows.slice(0, 3).map((row) => series.describeRow(row));
  const more = rows.length > 3 ? ` and ${rows.length - 3} more` : "";
  fail(
    "missing-value",
    `${column}: every value must be there, got none in ${named.join(", ")}${more}; choose missing: "drop", "forwardFill", "interpolate" or "mask"`,
  );
}

function fill(series: Series, column: string, rule: "forwardFill" | "interpolate"): Float64Array {
  const values = series.values(column).slice();
  if (rule === "interpolate" && series.categories(column) !== undefined)
    failMixed("fillMissing", column, 'missing: "interpolate"');
  const times = series.times;
  const place = (row: number): number => times?.[row] ?? row;
  const refuse = (rows: readonly number[], side: string): never =>
    fail(
      "missing-value",
      `${column}: ${rule} needs a value ${side} each missing one and no gap between, got none ${side} ${series.describeRow(rows[0] as number)}; cut those rows off, or choose "drop" or "mask"`,
    );
  for (const { start, end } of series.segments) {
    for (let row = start; row < end; row++) {
      if (!Number.isNaN(values[row])) continue;
      let next = row;
      while (next < end && Number.isNaN(values[next])) next++;
      if (row === start) refuse([row], "before");
      if (rule === "interpolate" && next === end) refuse([row], "after");
      const before = values[row - 1] as number;
      const slope = rule === "forwardFill" ? 0 : ((values[next] as number) - before) / (place(next) - place(row - 1));
      for (let at = row; at < next; at++) values[at] = before + slope * (place(at) - place(row - 1));
      row = next;
    }
  }
  return values;
}

function withoutRows(series: Series, dropped: ReadonlySet<number>): Series {
  // Row numbers before the drop to row numbers after it.
  const moved = new Int32Array(series.length + 1);
  for (let row = 0; row < series.length; row++) moved[row + 1] = (moved[row] as number) + (dropped.has(row) ? 0 : 1);
  const keep = (values: Float64Array): Float64Array => values.filter((_, row) => !dropped.has(row));
  return derive(series, {
    values: new Map([...columnMap(series)].map(([column, values]) => [column, keep(values)])),
    times: series.times && keep(series.times),
    segments: cutSegments(series.segments, (row) => dropped.has(row)).map(({ start, end }) => ({
      start: moved[start] as number,
      end: moved[end] as number,
    })),
  });
}
