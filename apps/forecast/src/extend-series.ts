import { seriesFromColumns, type Series } from "@unroll/data";

/** The times of the `rows` rows that follow a series; undefined without times. */
export function futureTimes({ times, frequency }: Series, rows: number): Float64Array | undefined {
  const last = times?.at(-1);
  if (last === undefined || frequency === undefined) return undefined;
  const { unit, step } = frequency;
  const date = new Date(last);
  return Float64Array.from({ length: rows }, (_, row) =>
    unit === "millisecond" ? last + (row + 1) * step : date.setUTCMonth(date.getUTCMonth() + step),
  );
}

/** A series with rows added whose values are not known; its last ones stand there, so that windows reach up to the end. */
export function extendSeries(series: Series, rows: number): Series {
  const join = (values: Float64Array, more: ArrayLike<number>): Float64Array => {
    const joined = new Float64Array(values.length + rows);
    joined.set(values);
    joined.set(more, values.length);
    return joined;
  };
  const columns = series.columns.map((name) => {
    const values = series.values(name);
    return [name, join(values, new Float64Array(rows).fill(values.at(-1) as number))] as const;
  });
  const future = futureTimes(series, rows);
  const times = series.times && future && join(series.times, future);
  return seriesFromColumns(Object.fromEntries(columns), times === undefined ? {} : { times });
}
