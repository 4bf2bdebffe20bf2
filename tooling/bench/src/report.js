const ratio = (value) => (value === undefined ? "" : value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** Milliseconds with three digits. */
function duration(milliseconds) {
  return milliseconds < 0.1 ? `${(milliseconds * 1000).toPrecision(3)} µs` : `${milliseconds.toPrecision(3)} ms`;
}

/**
 * Tables for people, one per group.
 *
 * @param {{ machine: object, engines: string[], rows: object[] }} report
 */
export function toMarkdown({ machine, engines, rows }) {
  const [subject, ...others] = engines;
  const lines = [
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.join(" to ")}; one thread.`,
    `Peak: ${machine.peak.toFixed(1)} GFLOP/s of fused multiply-adds (${machine.build} SIMD).`,
    "",
    `A library's column is its time over that of ${subject}: above 1, ${subject} is ahead. Medians of interleaved runs.`,
  ];
  for (const group of new Set(rows.map((row) => row.group))) {
    const own = rows.filter((row) => row.group === group);
    const products = own.some((row) => row.peakShare !== undefined);
    const shown = others.filter((name) => own.some((row) => row.ratios[name] !== undefined));
    const heads = ["", `${subject}`, ...(products ? ["GFLOP/s", "of peak"] : ["G elements/s"]), ...shown];
    lines.push("", `### ${group}`, "", `| ${heads.join(" | ")} |`, `| --- |${" ---: |".repeat(heads.length - 1)}`);
    for (const row of own) {
      const rate = (row.work / row.times[subject] / 1e6).toFixed(products ? 1 : 2);
      const cells = [row.title, duration(row.times[subject]), rate, ...(products ? [row.peakShare.toFixed(2)] : [])];
      lines.push(`| ${[...cells, ...shown.map((name) => ratio(row.ratios[name]))].join(" | ")} |`);
    }
  }
  return lines.join("\n");
}
