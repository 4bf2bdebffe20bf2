import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { calendarAngle, type CalendarFeature } from "./calendar.js";

const turn = 2 * Math.PI;
const day = 86_400_000;

describe("calendar", () => {
  it.each<[CalendarFeature, string, number]>([
    ["hourOfDay", "2000-02-29T18:00Z", 18 / 24],
    ["hourOfDay", "1960-01-01T06:30Z", 6.5 / 24],
    ["dayOfWeek", "2000-01-02", 0],
    ["dayOfWeek", "2000-01-08T23:00Z", 6 / 7],
    ["dayOfMonth", "2000-02-01", 0],
    ["dayOfMonth", "2000-02-29", 28 / 29],
    ["dayOfMonth", "2001-12-31", 30 / 31],
    ["dayOfYear", "2001-01-01T12:00Z", 0],
    ["dayOfYear", "2001-12-31", 364 / 365],
    ["dayOfYear", "2000-12-31", 365 / 366],
    ["monthOfYear", "2000-01-31", 0],
    ["monthOfYear", "1969-12-01", 11 / 12],
  ])("places %s of %s in its cycle", (feature, time, part) => {
    expect(calendarAngle(feature, Date.parse(time))).toBeCloseTo(turn * part, 12);
  });

  it("never leaves the circle, and comes round", () => {
    const time = fc.integer({ min: -50 * 365 * day, max: 80 * 365 * day });
    fc.assert(
      fc.property(time, (at) => {
        for (const feature of ["hourOfDay", "dayOfWeek", "dayOfMonth", "dayOfYear", "monthOfYear"] as const) {
          const angle = calendarAngle(feature, at);
          expect(angle >= 0 && angle < turn).toBe(true);
        }
        expect(calendarAngle("hourOfDay", at + day)).toBeCloseTo(calendarAngle("hourOfDay", at), 9);
        expect(calendarAngle("dayOfWeek", at + 7 * day)).toBe(calendarAngle("dayOfWeek", at));
        expect(calendarAngle("dayOfWeek", at + day)).not.toBe(calendarAngle("dayOfWeek", at));
      }),
    );
  });
});
