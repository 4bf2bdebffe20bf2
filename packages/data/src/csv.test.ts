import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { seriesFromCsv, seriesFromCsvStream } from "./csv.js";
import type { Series } from "./index.js";

const text = 'date;"births; total"\r\n1969-01-01;8486\r\n1969-01-02;\r\n\r\n1969-01-03;9542\r\n';

describe("CSV", () => {
  it("is read by columns, whatever separates them", () => {
    const series = seriesFromCsv(text, { time: "date", missing: "interpolate" });
    expect([...series.values("births; total")]).toEqual([8486, 9014, 9542]);
    expect([...seriesFromCsv("y\n1\n2").values("y")]).toEqual([1, 2]);
    expect(seriesFromCsv("\ufeffa\tb\n1\t2\n").columns).toEqual(["a", "b"]);
  });

  it("names the row at fault", () => {
    expect(() => seriesFromCsv(text, { time: "date" })).toThrow("row 2 (1969-01-02)");
    expect(() => seriesFromCsv("a,b\n1,2\n3\n")).toThrow(
      "seriesFromCsv: rows must have a cell per column of the header, got 1 of 2 in row 2",
    );
    expect(() => seriesFromCsv("a,b\n1,2,3\n")).toThrow("got 3 of 2 in row 1");
    expect(() => seriesFromCsv('a,b\n1,2\n3,"4\n')).toThrow("quotes must be closed, got row 2");
    for (const open of ['"1,2\n3,4\n', '1,"2\n3,4\n5,6\n', '"1,2'])
      expect(() => seriesFromCsv(`a,b\n${open}`)).toThrow("quotes must be closed, got row 1");
    expect(() => seriesFromCsv("a,a\n1,2\n")).toThrow('the columns of the header must differ, got "a" twice');
    expect(() => seriesFromCsv("a,b\n")).toThrow("needs at least one row, got none");
    expect(() => seriesFromCsv("a,b\n1,2\n3,many\n")).toThrow(
      'seriesFromRows: a column that begins with numbers must be numeric, but b holds "many" in row 2; add it to missingTexts',
    );
  });

  it("takes decimal numbers for numbers, and nothing else", () => {
    const read = (cell: string): number => seriesFromCsv(`y\n0\n"${cell}"\n`).values("y")[1] as number;
    expect([" 7 ", "1e3", "-.5", "+2.", "1E-2"].map(read)).toEqual([7, 1000, -0.5, 2, 0.01]);
    for (const cell of ["0x10", "0b1", "0o7", "1_000", "10%", "Infinity", "1e999", "1,5", "e3"])
      expect(() => read(cell)).toThrow(`y holds "${cell}" in row 2`);
  });

  it("has columns of any name", () => {
    const series = seriesFromCsv("t,__proto__,constructor\n2020,1,3\n2021,2,4\n", { time: "t" });
    expect(series.columns).toEqual(["__proto__", "constructor"]);
    expect([...series.values("__proto__")]).toEqual([1, 2]);
  });

  it("has columns of a type each", () => {
    const weather = "day,rain,wet,sky,note\n1,0.5,yes,grey,x\n2,NA,no, blue ,\n3,0,TRUE,grey,y\n";
    const read = (columns: Parameters<typeof seriesFromCsv>[1]): Series =>
      seriesFromCsv(weather, { missing: "mask", ...columns });
    expect(read({}).columns).toEqual(["day", "rain"]);
    const series = read({ columns: { rain: "number", wet: "boolean", sky: "category", note: "category" } });
    expect(series.columns).toEqual(["rain", "wet", "sky", "note"]);
    expect([series.values("rain"), series.values("wet"), series.values("sky"), series.values("note")].map((x) => [...x])).toEqual(
      [
        [0.5, NaN, 0],
        [1, 0, 1],
        [0, 1, 0],
        [0, NaN, 1],
      ],
    );
    expect([series.categories("sky"), series.categories("rain")]).toEqual([["grey", "blue"], undefined]);
    expect([...read({ columns: { sky: ["blue", "grey"] } }).values("sky")]).toEqual([1, 0, 1]);
    expect(() => read({ columns: { sky: ["blue"] } })).toThrow(
      'chosen columns must be one of blue, but sky holds "grey" in row 1',
    );
    expect(() => read({ columns: { sky: "boolean" } })).toThrow('chosen columns must be boolean, but sky holds "grey" in row 1');
    expect(() => read({ columns: { sky: "number" } })).toThrow('must be numeric, but sky holds "grey" in row 1');
    expect(() => read({ columns: { clouds: "number" } })).toThrow("columns are day, rain, wet, sky, note, got clouds");
    expect(() => read({ columns: { sky: ["grey", "blue", "grey"] } })).toThrow("categories must differ");
    expect(() => read({ columns: { note: "category" }, missing: "error" })).toThrow(
      "note: every value must be there, got none in row 2",
    );
  });

  const cell = fc.string({
    unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r\n", " ", "1", "ü", "🙂"),
    minLength: 1,
    maxLength: 6,
  });
  const table = fc
    .array(fc.tuple(cell, fc.integer()), { minLength: 1, maxLength: 12 })
    .map((rows) => `name,y\n${rows.map(([name, y]) => `"x${name.replaceAll('"', '""')}",${y}`).join("\n")}`);

  it("is the same however it is cut on its way", async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (csv, sizes) => {
        const columns = { name: "category", y: "number" } as const;
        async function* pieces(): AsyncGenerator<string> {
          for (let at = 0, piece = 0; at < csv.length; piece++) {
            const size = sizes[piece % sizes.length] as number;
            yield await Promise.resolve(csv.slice(at, at + size));
            at += size;
          }
        }
        const whole = seriesFromCsv(csv, { columns });
        const streamed = await seriesFromCsvStream(pieces(), { columns });
        expect(streamed.categories("name")).toEqual(whole.categories("name"));
        expect(streamed.values("name")).toEqual(whole.values("name"));
        expect(streamed.values("y")).toEqual(whole.values("y"));
      }),
    );
  });

  it("streams rows and names the one at fault", async () => {
    expect((await seriesFromCsvStream(text.split(/(?<=;)/), { time: "date", missing: "drop" })).length).toBe(2);
    await expect(seriesFromCsvStream(["a,b\n1,", "2\n3", "\n"])).rejects.toThrow(
      "seriesFromCsvStream: rows must have a cell per column of the header, got 1 of 2 in row 2",
    );
    await expect(seriesFromCsvStream(['a,b\n1,2\n"3', ",4\n"])).rejects.toThrow("quotes must be closed, got row 2");
    await expect(seriesFromCsvStream([])).rejects.toThrow("needs at least one row, got none");
  });
});
