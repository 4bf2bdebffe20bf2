import { expect, it } from "vitest";

import { looksLikeDate } from "./looks-like-date.js";

it.each([
  ...["2020-10-16", "2020-10", "2020-10-16 12:00", "16/10/2020", "16.10.20", "10-16-2020 12:00", "2020.10.16", "2020-02-30"],
  ...["2020Q4", "2020-W42", "16 Oct 2020", "October 16, 2020", "Oct-20", "16-Oct-2020"],
])("%s does", (text) => {
  expect(looksLikeDate(text)).toBe(true);
});

it.each([
  "",
  "2020",
  "-3",
  "1.5",
  "1/2",
  "12:30",
  "may",
  "Marseille 13",
  "decade-2",
  "shop 1/2/3",
  "1e-3",
  "sold",
  "10.0.12.3",
  "12-34-5078",
  "1.2.3-4",
])("%s does not", (text) => {
  expect(looksLikeDate(text)).toBe(false);
});
