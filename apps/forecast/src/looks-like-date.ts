import { parseTime } from "@unroll/data";

const months = [
  ...["jan(uary)?", "feb(ruary)?", "mar(ch)?", "apr(il)?", "may", "june?", "july?"],
  ...["aug(ust)?", "sept?(ember)?", "oct(ober)?", "nov(ember)?", "dec(ember)?"],
];

const forms = [
  // 16/10/2020, 16.10.20, with a clock behind or not.
  /^(0?[1-9]|[12]\d|3[01])([-/.])(0?[1-9]|[12]\d|3[01])\2(\d{4}|\d\d)(?=$|[ T,])/,
  // 2020.10.16, and 2020-02-30, which is not in any calendar.
  /^\d{4}([-/.])(0?[1-9]|1[0-2])\1(0?[1-9]|[12]\d|3[01])(?=$|[ T,])/,
  // 2020Q4, 2020-W42
  /^\d{4}-?[QW]\d\d?$/i,
  // 16 Oct 2020, October 16, 2020, Oct-20
  new RegExp(`^(\\d\\d?[ .-]+)?(${months.join("|")})[ .,-]+\\d`, "i"),
];

/** Whether a text is a time that `parseTime` reads, other than a bare number, or a date in one of many forms that it does not read. */
export function looksLikeDate(text: string): boolean {
  return (/[-/:]/.test(text.slice(1)) && !Number.isNaN(parseTime(text))) || forms.some((form) => form.test(text));
}
