import { checkArray } from "../checks/check-numbers.js";
import { checkWord } from "../checks/check-word.js";

/** A place in a cycle of the calendar, UTC, given to a model as the two features sine and cosine. */
export type CalendarFeature = "hourOfDay" | "dayOfWeek" | "dayOfMonth" | "dayOfYear" | "monthOfYear";

const day = 86_400_000;

// Part of the cycle that has passed at a time, in [0, 1).
const parts: Readonly<Record<CalendarFeature, (time: number) => number>> = {
  hourOfDay: (time) => (((time % day) + day) % day) / day,
  dayOfWeek: (time) => new Date(time).getUTCDay() / 7,
  dayOfMonth: (time) => {
    const date = new Date(time);
    return (date.getUTCDate() - 1) / new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  },
  dayOfYear: (time) => {
    const year = new Date(time).getUTCFullYear();
    const start = Date.UTC(year, 0);
    return Math.floor((time - start) / day) / ((Date.UTC(year + 1, 0) - start) / day);
  },
  monthOfYear: (time) => new Date(time).getUTCMonth() / 12,
};

/** Throws `option` unless a value is a list of places in the calendar. */
export function checkCalendar(operation: string, features: readonly CalendarFeature[]): void {
  checkArray(operation, "calendar", features);
  for (const feature of features) checkWord(operation, "calendar", feature, Object.keys(parts) as CalendarFeature[]);
}

/** The angle of a time in a cycle of the calendar, in radians. */
export function calendarAngle(feature: CalendarFeature, time: number): number {
  return 2 * Math.PI * parts[feature](time);
}
