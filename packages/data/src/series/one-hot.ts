import { fail } from "../error.js";
import { checkSeries, columnMap, derive, type Series } from "./series.js";

/**
 * A series in which a column of categories is replaced by a column for each, named `column=category`, that holds 1 where
 * it is the one and 0 elsewhere. A missing value is missing in all of them.
 *
 * @throws DataError `column` for a column that holds no categories.
 */
export function oneHot(series: Series, column: string): Series {
  checkSeries("oneHot", series);
  const codes = series.values(column);
  const categories =
    series.categories(column) ??
    fail("column", `oneHot: needs a column of categories, got the quantities of ${column}; give its type when reading it`);
  const values = new Map(
    [...columnMap(series)].flatMap(([name, cells]): [string, Float64Array][] =>
      name === column
        ? categories.map((category, code) => [
            `${column}=${category}`,
            codes.map((x) => (Number.isNaN(x) ? NaN : Number(x === code))),
          ])
        : [[name, cells]],
    ),
  );
  const kept = new Map<string, readonly string[]>();
  for (const name of series.columns) {
    const others = name === column ? undefined : series.categories(name);
    if (others !== undefined) kept.set(name, others);
  }
  return derive(series, { values, categories: kept });
}
