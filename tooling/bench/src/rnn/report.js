/**
 * Tables for people, out of what `main.js` has measured.
 *
 * @param {{ machine: object, date: string, rounds: number, seconds: number, results: object[] }} report
 */
export function toMarkdown({ machine, date, rounds, seconds, results }) {
  const lines = [
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.join(" to ")}, ${date}.`,
    `Medians of ${rounds} rounds; in each, every contestant ran for ${seconds} s, one after the other.`,
    ...aboutLines(results),
    ...contestantTable("Ratio to the faster PyTorch (below 1: ahead of it; without PyTorch, to the tape)", results, shownRatio),
    ...contestantTable("The same of the least times", results, (row) => digits(row.leastRatio)),
    ...contestantTable("The same of the time on the processor, one thread", results, (row) => digits(row.byProcessor)),
    ...contestantTable("Milliseconds of a step", results, (row) => digits(row.median)),
    ...contestantTable("Milliseconds that the first step takes longer than a later one", results, (row) =>
      digits(row.first - row.median),
    ),
    ...targetTable(results),
    ...peerTable(results),
    ...customTable(results),
    ...memoryTable(results),
    ...checkTable(results),
    ...phaseTables(results),
    ...missingLines(results),
  ];
  return lines.join("\n");
}

const shownRatio = (row) => digits(row.ratio);

/** Three digits, or whole numbers. */
function digits(value) {
  if (value === undefined || Number.isNaN(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(title, heads, rows) {
  if (rows.length === 0) return [];
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return ["", `### ${title}`, "", line(heads), `| --- |${" ---: |".repeat(heads.length - 1)}`, ...rows.map(line)];
}

const rowOf = ({ rows }, name) => rows.find((row) => row.name === name && row.missing === undefined);

/** The faster PyTorch, where there is one. */
const pytorchOf = (result) => {
  const row = rowOf(result, result.reference);
  return row?.kind === "pytorch" ? row : undefined;
};

function aboutLines(results) {
  const abouts = new Map(results.flatMap(({ rows }) => rows).map(({ name, about }) => [name, about]));
  const lines = [...abouts].filter(([, about]) => about !== undefined).map(([name, about]) => `- ${name}: ${about}.`);
  return lines.length === 0 ? [] : ["", ...lines];
}

function contestantTable(title, results, cell) {
  const names = [
    ...new Set(results.flatMap(({ rows }) => rows.filter(({ missing }) => missing === undefined)).map(({ name }) => name)),
  ];
  const rows = names.map((name) => [
    name,
    ...results.map((result) => {
      const row = rowOf(result, name);
      return row === undefined ? "–" : cell(row);
    }),
  ]);
  return table(title, ["", ...results.map(({ work }) => work.id)], rows);
}

/** What was aimed at beside what came out, in vectors of 128 bits and, where that was measured, paired into 256. */
function targetTable(results) {
  const rows = results.flatMap((result) => {
    const { targets, id, title } = result.work;
    if (targets === undefined || pytorchOf(result) === undefined) return [];
    const line = (threads, target, suffix) => {
      if (target === undefined) return [];
      const narrow = rowOf(result, `compiled${suffix}`) ?? {};
      const wide = rowOf(result, `compiled, 256 bits${suffix}`) ?? {};
      const most = (alone) => (target === "no worse" ? noise * rowOf(result, alone)?.ratio : target);
      return [
        [
          `${id} ${title}`,
          threads,
          target === "no worse" ? target : `<= ${target}`,
          digits(narrow.ratio),
          verdict(narrow.ratio, most("compiled")),
          digits(narrow.leastRatio),
          digits(narrow.byProcessor),
          digits(wide.ratio),
          verdict(wide.ratio, most("compiled, 256 bits")),
          digits(rowOf(result, "tape")?.ratio),
        ],
      ];
    };
    return [...line(1, targets.oneThread, ""), ...line(2, targets.twoThreads, ", 2 threads")];
  });
  const heads = ["median", "", "by the least times", "on the processor", "256 bits", "", "tape"];
  return table("Targets: compiled over the faster PyTorch", ["work", "threads", "target", ...heads], rows);
}

const noise = 1.05; // two threads that are to be no worse than one may be slower by so much

function verdict(value, target) {
  if (value === undefined) return "not measured";
  return value <= target ? "met" : `missed by ${((100 * value) / target - 100).toFixed(0)}%`;
}

/** Everyone who is ours, over the fastest of the other JavaScript libraries. */
function peerTable(results) {
  const rows = results.flatMap((result) => {
    const peers = result.rows.filter(({ kind, missing }) => kind === "peer" && missing === undefined);
    const [fastest] = peers.sort((a, b) => a.median - b.median);
    if (fastest === undefined) return [];
    const names = ["tape", "compiled", "compiled, 2 threads", "compiled, 256 bits", "compiled, 256 bits, 2 threads"];
    const times = names.map((name) => fastest.median / rowOf(result, name)?.median);
    return [[result.work.id, fastest.name, ...times.map(digits)]];
  });
  const ours = ["its time over the tape's", "over compiled", "over 2 threads", "over 256 bits", "over both"];
  const heads = ["work", "fastest JavaScript peer", ...ours];
  return table("JavaScript peers (target: 10 on W1, W2, W3, W6)", heads, rows);
}

/** Products alone: forward, and backward twice that. */
function flopsOfStep({ cell, inputSize, hidden, batch, time, vocabulary }) {
  const squares = { lstm: 4, peephole: 7, oscillator: 5 }[cell];
  const weights = hidden * (4 * inputSize + squares * hidden + vocabulary);
  return 6 * batch * time * weights;
}

function customTable(results) {
  const find = (wanted) => results.find(({ work }) => work.id === wanted);
  const lstm = find("W1");
  if (lstm === undefined) return [];
  const rows = ["C1", "C2"].flatMap((id) => {
    const custom = find(id);
    if (custom === undefined) return [];
    return lstm.rows.flatMap(({ name, kind }) => {
      const own = rowOf(custom, name);
      const base = rowOf(lstm, name);
      if (own === undefined || base === undefined || kind === "peer") return [];
      const time = (row) => row.processor ?? row.least;
      const [rate, baseRate] = [flopsOfStep(custom.work) / time(own), flopsOfStep(lstm.work) / time(base)];
      return [[`${id} ${custom.work.title}`, name, digits(rate / 1e6), digits(baseRate / 1e6), digits(rate / baseRate)]];
    });
  });
  return table(
    "Custom cells, by the time on the processor; two threads by the least time (target: 0.8 of the LSTM's rate)",
    ["cell", "", "GFLOP/s", "LSTM's", "share"],
    rows,
  );
}

function memoryTable(results) {
  const rows = results.flatMap((result) => {
    if (result.work.targets?.memory === undefined) return [];
    const own = (row) => row.peak.most - row.peak.before;
    const pytorch = pytorchOf(result);
    return result.rows
      .filter(({ missing, peak }) => missing === undefined && peak?.most)
      .map((row) => [
        `${result.work.id} ${row.name}`,
        digits(row.peak.most),
        digits(own(row)),
        digits(pytorch && row.peak.most / pytorch.peak.most),
        digits(pytorch && own(row) / own(pytorch)),
      ]);
  });
  const heads = ["", "peak MiB", "of it since before the weights", "over PyTorch", "over PyTorch"];
  return table("Resident memory (target: at most PyTorch's)", heads, rows);
}

function checkTable(results) {
  const rows = results.flatMap(({ work, rows: all }) =>
    all
      .filter(({ missing, losses }) => missing === undefined && losses[0] !== null)
      .map(({ name, losses, agrees }) => [
        `${work.id} ${name}`,
        losses.map((loss) => loss.toFixed(6)).join(", "),
        agrees ? "yes" : "NO",
      ]),
  );
  return table("First losses from the same weights (within 1e-4 of the first contestant's)", ["", "losses", "agree"], rows);
}

function phaseTables(results) {
  const rows = results.flatMap(({ work, rows: all }) =>
    all
      .filter(({ phases }) => Object.keys(phases ?? {}).length > 0)
      .map(({ name, phases }) => {
        const total = Object.values(phases).reduce((sum, time) => sum + time, 0);
        const parts = phaseNames.map((phase) => `${digits(phases[phase])} (${((100 * phases[phase]) / total).toFixed(0)}%)`);
        return [`${work.id} ${name}`, ...parts];
      }),
  );
  return table("Where a step of ours goes, in milliseconds", ["", ...phaseNames], rows);
}

const phaseNames = ["forward", "loss", "backward", "clip", "optimizer"];

function missingLines(results) {
  const ids = new Map();
  for (const { work, rows } of results) {
    for (const { name, missing } of rows) {
      const line = `${name}: ${missing}`;
      if (missing !== undefined) ids.set(line, [...(ids.get(line) ?? []), work.id]);
    }
  }
  return ids.size === 0 ? [] : ["", "### Not available", "", ...[...ids].map(([line, own]) => `- ${own.join(", ")}: ${line}`)];
}
