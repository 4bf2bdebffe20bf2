import Papa from "papaparse";

import { fail } from "./error.js";
import { createRowReader, type Row, type RowOptions } from "./series/from-rows.js";
import type { Series } from "./series/series.js";

/** How CSV is read. Rows in errors are counted from 1 behind the header. */
export interface CsvOptions extends RowOptions {
  /** Column separator; found out from the text when left out. */
  readonly delimiter?: string;
}

/**
 * A series from CSV text with a header line, read row by row by papaparse.
 *
 * @throws DataError `format` naming the row when the text is no well-formed CSV, and as `seriesFromRows` does.
 * @example
 * seriesFromCsv("day,births\n1969-01-01,8486\n1969-01-02,9002\n", { time: "day" }).values("births"); // Float64Array [8486, 9002]
 */
export function seriesFromCsv(text: string, { delimiter = "", ...options }: CsvOptions = {}): Series {
  const reader = createRowReader(options);
  let row = 0;
  Papa.parse<Row>(text, {
    header: true,
    skipEmptyLines: "greedy",
    delimiter,
    step: ({ data, errors }) => {
      row++;
      const error = errors.find(({ code }) => code !== "UndetectableDelimiter");
      if (error !== undefined)
        fail("format", `seriesFromCsv: rows must have a cell per column of the header, got row ${row}: ${error.message}`);
      reader.push(data);
    },
  });
  return reader.finish();
}
