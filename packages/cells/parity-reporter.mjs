import { DefaultReporter } from "vitest/node";

/** Prints one line per case and dtype: the largest distances from the oracle. */
export default class ParityReporter extends DefaultReporter {
  rows = [];

  onTestCaseResult(test) {
    super.onTestCaseResult?.(test);
    const { parity } = test.meta();
    if (parity === undefined) return;
    const dtype = test.name.split(" ").at(-1);
    this.rows.push([test.parent.name, dtype, parity.results, parity.gradients, test.result().state]);
  }

  onTestRunEnd(...run) {
    const figure = (value) => (value === undefined ? "-" : value.toExponential(1));
    const rows = [
      ["case", "dtype", "forward", "gradients", ""],
      ...this.rows.map(([name, dtype, results, gradients, state]) => [name, dtype, figure(results), figure(gradients), state]),
    ];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    for (const row of rows) console.log(row.map((text, column) => text.padEnd(widths[column])).join("  "));
    super.onTestRunEnd(...run);
  }
}
