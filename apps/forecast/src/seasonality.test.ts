import { durations, seriesFromColumns } from "@unroll/data";
import { createGenerator, normal } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { calendarOf, inferSeason, rowsPerYear } from "./seasonality.js";

const wave = (rows: number, period: number, trend = 0): number[] =>
  Array.from(
    { length: rows },
    (_, t) => trend * t + Math.sin((2 * Math.PI * t) / period) + 0.3 * Math.cos((4 * Math.PI * t) / period),
  );

describe("inferSeason", () => {
  it.each([
    [7, "day"],
    [12, "month"],
    [24, "hour"],
    [4, "quarter"],
  ] as const)("finds %d rows a season in rows a %s apart, under a trend", (season, step) => {
    expect(inferSeason(wave(400, season, 0.5), durations[step])).toBe(season);
  });

  it("prefers the shorter of two that repeat alike, and finds none in noise, a walk or a slow wave", () => {
    expect(inferSeason(wave(600, 24), durations.hour)).toBe(24);
    expect(inferSeason(wave(1500, 365), durations.day)).toBe(1);
    const noise = Float64Array.from(normal([300], { generator: createGenerator(4) }).toTypedArray());
    const walk = noise.map((_, t) => noise.subarray(0, t).reduce((sum, x) => sum + x, 0));
    expect([inferSeason(noise, durations.day), inferSeason(walk, durations.day)]).toEqual([1, 1]);
  });
});

it("tells the calendar and the year of a series", () => {
  const daily = seriesFromColumns({ y: wave(800, 7) }, { times: Array.from({ length: 800 }, (_, t) => t * 86_400_000) });
  expect([calendarOf(daily), rowsPerYear(daily)]).toEqual([["dayOfWeek", "dayOfYear"], 365.2425]);
  expect(calendarOf(daily.slice(0, 100))).toEqual(["dayOfWeek"]);
  expect(calendarOf(seriesFromColumns({ y: [1, 2, 3] }))).toEqual([]);
});
