import Papa from "papaparse";

import { checkIterable } from "./checks/check-iterable.js";
import { checkText } from "./checks/check-text.js";
import { fail } from "./error.js";
import { csvRecordCutter } from "./series/csv-record-cutter.js";
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
export function seriesFromCsv(text: string, options: CsvOptions = {}): Series {
  checkText("seriesFromCsv", text);
  const reader = csvReader("seriesFromCsv", options);
  reader.push(text);
  return reader.finish();
}

/**
 * The same from a text that arrives in pieces, cut anywhere: a file opened with `createReadStream(path, "utf8")`, or
 * `response.body.pipeThrough(new TextDecoderStream())`. Only the numbers are kept, and the record that is not yet whole.
 *
 * @throws DataError as {@link seriesFromCsv} does.
 */
export async function seriesFromCsvStream(
  pieces: AsyncIterable<string> | Iterable<string>,
  options: CsvOptions = {},
): Promise<Series> {
  checkIterable("seriesFromCsvStream", "pieces", pieces);
  const reader = csvReader("seriesFromCsvStream", options);
  const cutter = csvRecordCutter();
  for await (const piece of pieces) {
    checkText("seriesFromCsvStream", piece);
    reader.push(cutter.push(piece));
  }
  reader.push(cutter.finish());
  return reader.finish();
}

interface CsvReader {
  /** Takes whole records. */
  push(text: string): void;
  finish(): Series;
}

function csvReader(operation: string, { delimiter = "", ...options }: CsvOptions): CsvReader {
  const reader = createRowReader(options);
  let separator = delimiter;
  let header: readonly string[] | undefined;
  let row = 0;
  const read = (cells: readonly string[]): void => {
    if (header === undefined) {
      header = cells;
      const twice = cells.find((name, index) => cells.indexOf(name) !== index);
      if (twice !== undefined)
        fail("format", `${operation}: the columns of the header must differ, got ${JSON.stringify(twice)} twice`);
      return;
    }
    row++;
    if (cells.length !== header.length)
      fail(
        "format",
        `${operation}: rows must have a cell per column of the header, got ${cells.length} of ${header.length} in row ${row}`,
      );
    reader.push(Object.fromEntries(header.map((name, index) => [name, cells[index]])) satisfies Row);
  };
  return {
    push(text) {
      if (text === "") return;
      Papa.parse(text, {
        skipEmptyLines: "greedy",
        delimiter: separator,
        step: ({ data, errors, meta }) => {
          separator = meta.delimiter;
          const error = errors.find(({ code }) => code !== "UndetectableDelimiter");
          if (error !== undefined)
            fail(
              "format",
              `${operation}: quotes must be closed, got row ${header === undefined ? 0 : row + 1}: ${error.message}`,
            );
          read(data);
        },
      });
    },
    finish: () => reader.finish(),
  };
}
