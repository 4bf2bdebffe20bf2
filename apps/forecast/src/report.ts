import { drawChart, inks, type ChartContent } from "./chart.js";
import { describeTask } from "./describe-task.js";
import type { Evaluated } from "./evaluate-forecaster.js";
import { isoTime } from "./forecast-csv.js";
import { backtestChart, errorChart, futureChart, shownModels, type ShownModel } from "./forecast-charts.js";
import { futureTimes } from "./extend-series.js";
import type { ForecastOptions } from "./forecast-options.js";
import type { ForecastTask } from "./forecast-task.js";
import { percent } from "./percent.js";
import { scoreCells, scoreColumns } from "./score-table.js";
import { verdict } from "./verdict.js";

/** A page that stands alone: no script, no file beside it, nothing from the network. */
export function htmlReport(task: ForecastTask, results: readonly Evaluated[], options: ForecastOptions): string {
  const winner = results[0] as Evaluated;
  const share = percent(options.level);
  const { title, target, horizon, folds } = task;
  const models = shownModels(results);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`Forecast of ${target}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Forecast of ${escape(target)}</h1>
<p class="source">${escape(title)}</p>
<p class="verdict ${winner.kind}">${escape(verdict(results))}</p>
<section>
<h2>The next ${horizon} rows</h2>
<p>Forecast by ${escape(winner.name)}; the band should hold ${share} percent of the values.</p>
${figure(futureChart(task, winner), `The end of the history and the forecast of ${horizon} rows by ${winner.name}`)}
</section>
<section>
<h2>Scores on ${folds.length} origins</h2>
<div class="scroll">${scores(results, options)}</div>
<p class="note">MASE is the error over that of the seasonal naive forecast before the test: below 1 is better. MAE and RMSE are in the unit of
${escape(target)}, sMAPE runs from 0 to 200. “In ${share} %” is the share of the test that the intervals held.</p>
</section>
<section>
<h2>The last origins of the backtest</h2>
<p>The thin line is what came, in color is what ${escape(winner.name)} had forecast from each dashed line on.</p>
${figure(backtestChart(task, winner), `Backtest of ${winner.name} on its last origins`)}
</section>
<section>
<h2>Error by step</h2>
<p class="legend">${legend(models)}</p>
${figure(errorChart(task, models), "Mean absolute error at each step of the horizon")}
</section>
<section>
<h2>Forecast in figures</h2>
<div class="scroll">${figures(task, winner)}</div>
</section>
<section>
<h2>How it was made</h2>
<pre>${escape(describeTask(task, options))}</pre>
<p class="note">The cells learn from the training rows alone and keep the weights that did best on the rows after them; baselines are fitted on
both. ${task.fitAt.length > 1 ? `All learned anew ${task.fitAt.length - 1} times in the test. ` : ""}At each origin every model sees all rows before it. Intervals are adaptive conformal: as
wide as ${share} percent of the errors known at the origin ask for, on rows that were not learned from and in proportion to how much the series
moved in the time before, and wider after misses.</p>
</section>
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1f2933; --soft: #52606d; --line: #d9e2ec; --cell: ${inks.cell[0]}; --baseline: ${inks.baseline[0]}; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e4e7eb; --soft: #9aa5b1; --line: #323f4b; --cell: #4aa8e0; --baseline: #f08a4b; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 880px; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; }
p { margin: .25rem 0 .75rem; }
.source, .note { color: var(--soft); }
.note { font-size: .875rem; }
.verdict { font-size: 1.1rem; font-weight: 600; border-left: 4px solid var(--cell); padding-left: .75rem; margin-top: 1rem; }
.verdict.baseline { border-color: var(--baseline); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--ground); }
tr.cell td:first-child { color: var(--cell); font-weight: 600; }
pre { overflow-x: auto; font-size: .8rem; }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: auto; max-width: none; }
.narrow { display: none; }
.legend span { white-space: nowrap; margin-right: 1rem; }
.legend svg { display: inline; width: 32px; height: 10px; vertical-align: middle; margin-right: .3rem; }
@media (max-width: 600px) { .wide { display: none; } .narrow { display: block; } td:first-child { white-space: normal; min-width: 7rem; } }
`;

// Drawn twice, so that the letters stay legible on a phone.
function figure(content: ChartContent, description: string): string {
  const draw = (width: number, height: number): string =>
    themed(drawChart(content, { width, height, ground: "page", description }));
  return `<figure><div class="wide">${draw(860, 340)}</div><div class="narrow">${draw(360, 260)}</div></figure>`;
}

function scores(results: readonly Evaluated[], { level }: ForecastOptions): string {
  const head = scoreColumns(level).map((name) => `<th scope="col">${escape(name)}</th>`);
  const rows = results.map(
    (result) =>
      `<tr class="${result.kind}">${scoreCells(result)
        .map((cell) => `<td>${escape(cell)}</td>`)
        .join("")}</tr>`,
  );
  return `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function figures({ series, horizon, target }: ForecastTask, { future }: Evaluated): string {
  const times = futureTimes(series, horizon);
  const largest = Math.max(...[...future.lower, ...future.upper].map(Math.abs), Number.MIN_VALUE);
  const exponent = Math.floor(Math.log10(largest));
  const decimals = Math.min(6, Math.max(0, 4 - exponent));
  const written = (figure: number): string =>
    exponent < -4 || exponent > 12
      ? figure.toExponential(4)
      : figure.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const rows = Array.from(future.values, (value, step) => {
    const time = times?.[step];
    const label = time === undefined ? `row ${series.length + step + 1}` : isoTime(time);
    const cells = [label, value, future.lower[step] as number, future.upper[step] as number];
    return `<tr>${cells.map((cell) => `<td>${typeof cell === "string" ? cell : written(cell)}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr><th scope="col"></th><th scope="col">${escape(target)}</th><th scope="col">lower</th><th scope="col">upper</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function legend(models: readonly ShownModel[]): string {
  return models
    .map(({ model, ink, dash }) => {
      const line = `<path d="M0 5H32" stroke="${ink}" stroke-width="2" stroke-dasharray="${dash}"/>`;
      return `<span><svg viewBox="0 0 32 10" aria-hidden="true">${themed(line)}</svg>${escape(model.name)}</span>`;
    })
    .join(" ");
}

// The darkest inks have a lighter one for dark pages.
function themed(svg: string): string {
  return svg.replaceAll(inks.cell[0], "var(--cell)").replaceAll(inks.baseline[0], "var(--baseline)");
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
