// Runs the built app as a user would, on a short series: about fifteen seconds.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "forecast-"));
let passed = 0;
let failed = 0;

function check(what, holds, seen = "") {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "✓" : "✗"} ${what}${holds ? "" : `\n${seen}`}`);
}

function run(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder });
    let output = "";
    const read = (chunk) => (output += chunk);
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", (code) => resolve({ code, output }));
  });
}

const date = (row) => new Date(Date.UTC(2000, 0, 1 + row)).toISOString().slice(0, 10);
const sold = (row) => 100 + 0.05 * row + [30, 10, 0, 5, 20, -20, -45][row % 7] + 10 * (Math.abs(Math.sin(row * row) * 1e4) % 1);
const write = (name, lines) => writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
const rows = Array.from({ length: 700 }, (_, row) => `${date(row)},${sold(row)}`);
write("sales.csv", ["date,sold", ...rows]);

const small = ["--horizon", "14", "--hidden", "16", "--epochs", "10"];
const all = await run("sales.csv", "--all", ...small, "--out", "all");
const names = ["rnn", "lstm", "peephole", "gru", "naive", "seasonal naive", "drift", "moving average", "Holt-Winters"];
check("it finds the target, the time and the season", /season of 7 rows/.test(all.output) && all.code === 0, all.output);
check(
  "one table has every cell and baseline",
  names.every((name) => new RegExp(`^[* ] ${name} +\\d`, "m").test(all.output)),
  all.output,
);
check("and says who wins", /^(A baseline wins|\w+ wins)/m.test(all.output), all.output);
check(
  "it keeps to 80 columns when piped",
  all.output.split("\n").every((line) => line.length <= 80),
  all.output,
);

const csv = readFileSync(join(folder, "all/forecast.csv"), "utf8").trim().split("\n");
check("the CSV holds 14 rows per model", csv[0] === "model,time,forecast,lower,upper" && (csv.length - 1) % 14 === 0, csv[0]);
check("which go on from the last day", csv[1].split(",")[1] === date(700), csv[1]);
const page = readFileSync(join(folder, "all/report.html"), "utf8");
check("the report stands alone", page.includes("<svg") && !/<script|<link|src=|https?:\/\/(?!www\.w3\.org\/)/.test(page));
check(
  "the chart is SVG",
  /^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/.test(readFileSync(join(folder, "all/chart.svg"), "utf8")),
);
check("and PNG", readFileSync(join(folder, "all/chart.png")).subarray(1, 4).toString() === "PNG");

const again = await run("sales.csv", "--cell", "gru", ...small, "--out", "again");
const lineOf = (output) => /^\* gru .*%/m.exec(output)?.[0];
check("the same seed gives the same scores", lineOf(again.output) === lineOf(all.output), again.output);

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  const long = spawn(process.execPath, [main, "sales.csv", "--horizon", "14", "--epochs", "10000"], { cwd: folder });
  const ended = new Promise((resolve) => long.on("close", resolve));
  long.stdout.on("data", (chunk) => /epoch 1/.test(chunk) && setTimeout(() => long.kill(signal), 500));
  const limit = setTimeout(() => long.kill("SIGKILL"), 20_000);
  check(`the first ${signal} ends it with ${code}`, (await ended) === code);
  clearTimeout(limit);
}

const swapped = [...rows];
[swapped[3], swapped[4]] = [swapped[4], swapped[3]];
const anew = await run("sales.csv", "--cell", "gru", ...small, "--refit", "2", "--out", "anew");
check(
  "--refit trains twice more and scores otherwise",
  anew.code === 0 && (anew.output.match(/^  gru +100 %/gm) ?? []).length === 3 && lineOf(anew.output) !== lineOf(all.output),
  anew.output,
);

write("shuffled.csv", ["date,sold", ...swapped]);
write("twice.csv", ["date,sold", ...rows.slice(0, 5), ...rows.slice(4)]);
write("hole.csv", ["date,sold", ...rows.slice(0, 9), `${date(9)},NaN`, ...rows.slice(10)]);
write("gap.csv", ["date,sold", ...rows.slice(0, 9), ...rows.slice(12)]);
write("text.csv", ["date,sold", `${date(0)},many`, `${date(1)},few`]);
write("unlike.csv", ["date,sold", ...rows.map((row) => row.replace(/^(\d+)-(\d+)-(\d+)/, "$3/$2/$1"))]);
write("bare.csv", rows);
write("same.csv", ["date,sold,sold", ...rows.map((row) => `${row},1`)]);
write("short.csv", ["date,sold", ...rows.slice(0, 40)]);
for (const [what, args, pattern] of [
  ["no input", [], /Give either a CSV file or --demo/],
  ["a missing file", ["none.csv"], /There is no file none\.csv/],
  ["no numeric column", ["text.csv"], /no numeric column: sold holds "many" in row 1/],
  ["an unknown column", ["sales.csv", "--target", "bought"], /no such column. Its columns are date, sold/],
  ["shuffled timestamps", ["shuffled.csv"], /row 5 .* after row 4 .*--sort/],
  ["duplicate timestamps", ["twice.csv"], /row 6 .*--duplicates/],
  ["NaN", ["hole.csv"], /row 10 \(2000-01-10\).*--missing/],
  ["missing rows", ["gap.csv"], /between row 9 .* and row 10 .*--resample/],
  ["dates in another form", ["unlike.csv"], /date looks like dates, of which "01\/01\/2000" in row 1 cannot be read/],
  ["a file without a header", ["bare.csv"], /values where the names of the columns should stand/],
  ["a name of two columns", ["same.csv"], /^forecast: same\.csv has more than one column "sold"/],
  ["a size that nobody has", ["sales.csv", "--hidden", "1e9"], /at most 65,536/],
  ["a network that does not fit", ["sales.csv", "--hidden", "60000"], /weights; at most 67,108,864 can be trained/],
  ["a series too short", ["short.csv"], /has 40 rows; .* need at least \d+/],
  [
    "a folder that cannot be",
    ["sales.csv", ...small, "--epochs", "1", "--out", "sales.csv"],
    /cannot be written to sales\.csv .*--out/,
  ],
  ["a folder under one that takes none", ["sales.csv", ...small, "--out", "/proc/x"], /cannot be written to \/proc\/x .*--out/],
  ["a wrong option", ["sales.csv", "--horizon", "0"], /must be a whole number of at least 1/],
]) {
  const { code, output } = await run(...args);
  check(`${what} is a clear error`, code === 1 && pattern.test(output) && !/\n\s+at /.test(output), output);
}
for (const [file, flags] of [
  ["shuffled.csv", ["--sort"]],
  ["twice.csv", ["--duplicates", "mean"]],
  ["gap.csv", ["--resample", "day", "--missing", "interpolate"]],
]) {
  const { code, output } = await run(file, ...flags, ...small, "--epochs", "1");
  check(`${flags.join(" ")} helps`, code === 0, output);
}

rmSync(folder, { recursive: true });
console.log(`smoke: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
