import { DefaultReporter } from "vitest/node";

/** Prints what each case was written as and its largest distance from onnxruntime, over all ways it was run, as a table. */
export default class DistanceReporter extends DefaultReporter {
  rows = new Map();

  onTestCaseResult(test) {
    super.onTestCaseResult?.(test);
    const { interop } = test.meta();
    if (interop === undefined) return;
    const row = this.rows.get(test.name) ?? { operators: new Set(), distance: 0, runs: 0 };
    for (const operator of interop.operators.split(", ")) row.operators.add(operator);
    row.distance = Math.max(row.distance, interop.distance);
    row.runs += interop.runs;
    this.rows.set(test.name, row);
  }

  onTestRunEnd(...run) {
    console.log("| case | written as | runs | largest distance |\n| --- | --- | --- | --- |");
    for (const [name, { operators, distance, runs }] of this.rows) {
      console.log(`| ${name} | ${[...operators].join(", ")} | ${runs} | ${distance.toExponential(1)} |`);
    }
    super.onTestRunEnd(...run);
  }
}
