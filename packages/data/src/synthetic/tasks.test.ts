import { createGenerator, type Tensor } from "@unroll/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  addingBatch,
  continualReberBatch,
  copyBatch,
  countingBatch,
  countingSymbols,
  periodicFunctionBatch,
  reberBatch,
  reberString,
  reberSuccessors,
  reberSymbols,
  spikeDelayBatch,
  temporalOrderBatch,
  temporalOrderClasses,
  temporalOrderSymbols,
  timedSpikesBatch,
} from "../index.js";

// Elements as nested arrays.
function rowsOf(tensor: Tensor): unknown[] {
  let level: unknown[] = Array.from(tensor.toTypedArray());
  for (const size of tensor.shape.slice(1).reverse()) {
    level = Array.from({ length: level.length / size }, (_, row) => level.slice(row * size, (row + 1) * size));
  }
  return level;
}

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

it("gives the same batch for the same seed, and another for another", () => {
  const make = (from: number): number[] => [
    ...copyBatch({ batchSize: 4, delay: 5, generator: createGenerator(from) }).inputs.toTypedArray(),
  ];
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
});

describe("adding", () => {
  it("follows Hochreiter and Schmidhuber 1997, experiment 4", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 22, max: 120 }), (from, length) => {
        const batchSize = 8;
        const { inputs, targets, lengths } = addingBatch({
          batchSize,
          length,
          protocol: "hochreiter1997",
          generator: createGenerator(from),
        });
        const rows = rowsOf(inputs) as number[][][];
        rows.forEach((row, index) => {
          const steps = lengths[index] as number;
          expect(steps >= length && steps <= 1.1 * length + 1e-9).toBe(true);
          expect(
            row
              .slice(steps)
              .flat()
              .every((value) => value === 0),
          ).toBe(true);
          const marked = row.flatMap(([, marker], step) => (marker === 1 ? [step] : []));
          const [first = 0, second = 0] = marked;
          expect(marked).toHaveLength(2);
          expect(first).toBeLessThan(10);
          expect(second).toBeLessThan(Math.floor(length / 2) - 1);
          const negative = row.flatMap(([, marker], step) => (marker === -1 ? [step] : []));
          expect(negative).toEqual(first === 0 ? [steps - 1] : [0, steps - 1]);
          const [x1, x2] = [row[first]?.[0] as number, row[second]?.[0] as number];
          if (first === 0) expect(x1).toBe(0);
          expect(row.every(([x = 9]) => Math.abs(x) <= 1)).toBe(true);
          expect(targets.toTypedArray()[index]).toBeCloseTo(0.5 + (x1 + x2) / 4, 6);
        });
      }),
      { numRuns: 25 },
    );
  });

  it("follows Le, Jaitly and Hinton 2015, and its baseline of 1/6", () => {
    const { inputs, targets, lengths } = addingBatch({
      batchSize: 2000,
      length: 20,
      protocol: "le2015",
      generator: createGenerator(1),
    });
    const rows = rowsOf(inputs) as number[][][];
    const sums = rows.map((row) => row.reduce((sum, [x = 0, marker = 0]) => sum + x * marker, 0));
    expect(rows.every((row) => row.filter(([, marker]) => marker === 1).length === 2)).toBe(true);
    expect(rows.flat().every(([x = -1, marker = -1]) => x >= 0 && x <= 1 && (marker === 0 || marker === 1))).toBe(true);
    sums.forEach((sum, index) => expect(targets.toTypedArray()[index]).toBeCloseTo(sum, 6));
    expect(lengths.every((steps) => steps === 20)).toBe(true);
    expect(sums.reduce((error, sum) => error + (sum - 1) ** 2, 0) / sums.length).toBeCloseTo(1 / 6, 1);
  });

  it("draws numbers and marks from all of their ranges", () => {
    const draw = (protocol: "hochreiter1997" | "le2015"): number[][][] =>
      rowsOf(addingBatch({ batchSize: 500, length: 40, protocol, generator: createGenerator(2) }).inputs) as number[][][];
    const marks = (rows: number[][][]): Set<number> =>
      new Set(rows.flatMap((row) => row.flatMap(([, marker], step) => (marker === 1 ? [step] : []))));
    const early = draw("hochreiter1997");
    const late = draw("le2015");
    const numbers = early.flat().map(([x = 0]) => x);
    expect([Math.min(...numbers), Math.max(...numbers)].map((x) => x.toFixed(1))).toEqual(["-1.0", "1.0"]);
    expect(marks(early)).toEqual(new Set(Array.from({ length: 19 }, (_, step) => step)));
    expect(marks(late)).toEqual(new Set(Array.from({ length: 40 }, (_, step) => step)));
    expect(new Set(early.map((row) => row.findLastIndex(([, marker]) => marker === -1) + 1))).toEqual(
      new Set([40, 41, 42, 43, 44]),
    );
  });

  it("says the least length", () => {
    const generator = createGenerator(1);
    expect(() => addingBatch({ batchSize: 1, length: 10, protocol: "hochreiter1997", generator })).toThrow(
      "length must be a whole number of at least 22, got 10",
    );
  });
});

it("copies a message after the marker, as Arjovsky et al. 2016", () => {
  const { inputs, targets } = copyBatch({ batchSize: 3, delay: 7, generator: createGenerator(1) });
  expect(inputs.shape).toEqual([3, 27]);
  const many = copyBatch({ batchSize: 50, delay: 1, generator: createGenerator(1) }).inputs.toTypedArray();
  expect(new Set(many)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  const answers = rowsOf(targets) as number[][];
  (rowsOf(inputs) as number[][]).forEach((row, index) => {
    const message = row.slice(0, 10);
    expect(message.every((id) => id >= 0 && id < 8)).toBe(true);
    expect(row.slice(10)).toEqual([8, 8, 8, 8, 8, 8, 9, ...Array<number>(10).fill(8)]);
    expect(answers[index]).toEqual([...Array<number>(17).fill(8), ...message]);
  });
});

describe("temporal order", () => {
  it.each([
    [
      "6a",
      [
        [10, 20],
        [50, 60],
      ],
    ],
    [
      "6b",
      [
        [10, 20],
        [33, 43],
        [66, 76],
      ],
    ],
  ] as const)("follows experiment %s", (variant, places) => {
    const { inputs, targets, lengths } = temporalOrderBatch({ batchSize: 500, variant, generator: createGenerator(4) });
    // The tables of the paper.
    const classes: Record<string, string> =
      variant === "6a"
        ? { XX: "Q", XY: "R", YX: "S", YY: "U" }
        : { XXX: "Q", XXY: "R", XYX: "S", XYY: "U", YXX: "V", YXY: "A", YYX: "B", YYY: "C" };
    const seen = new Set<string>();
    (rowsOf(inputs) as number[][]).forEach((row, index) => {
      const text = row
        .slice(0, lengths[index])
        .map((id) => temporalOrderSymbols[id])
        .join("");
      expect(text).toMatch(/^E[abcdXY]{98,108}B$/);
      const found = [...text.matchAll(/[XY]/g)];
      expect(found).toHaveLength(places.length);
      found.forEach(({ index: at }, k) => {
        const [least = 0, most = 0] = places[k] ?? [];
        expect(at >= least && at <= most).toBe(true);
      });
      const order = found.map(([symbol]) => symbol).join("");
      seen.add(order);
      expect(temporalOrderClasses[targets.toTypedArray()[index] as number]).toBe(classes[order]);
    });
    expect(seen.size).toBe(Object.keys(classes).length);
    expect(new Set(lengths)).toEqual(new Set(Array.from({ length: 11 }, (_, more) => 100 + more)));
    expect(new Set(inputs.toTypedArray())).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    places.forEach(([least, most], k) => {
      const at = (rowsOf(inputs) as number[][]).map((row) => row.flatMap((id, step) => (id === 2 || id === 3 ? [step] : []))[k]);
      expect(new Set(at)).toEqual(new Set(Array.from({ length: most - least + 1 }, (_, more) => least + more)));
    });
  });
});

describe("Reber grammars", () => {
  it("make strings of the published form", () => {
    // The simple grammar as a regular expression, derived from its graph by hand: the two loops, and what follows them.
    const fromT = "(?:T*VPX)*T*V(?:V|PS)";
    const simple = new RegExp(`^B(?:TS*X(?:S|X${fromT})|P${fromT})E$`);
    fc.assert(
      fc.property(seed, (from) => {
        const generator = createGenerator(from);
        expect(reberString({ generator, grammar: "simple" })).toMatch(simple);
        const text = reberString({ generator, grammar: "embedded" });
        expect(text.slice(2, -2)).toMatch(simple);
        expect(text).toMatch(/^B([TP])B.*E\1E$/);
      }),
    );
  });

  it("take either way with the same probability, at every fork", () => {
    const generator = createGenerator(3);
    const taken = new Map<string, number>();
    for (let n = 0; n < 4000; n++) {
      const text = reberString({ generator, grammar: "embedded" });
      reberSuccessors(text, { grammar: "embedded" }).forEach((ways, step) => {
        if (ways.length !== 2) return;
        const way = `${[...ways].sort().join("")}: ${text[step + 1] as string}`;
        taken.set(way, (taken.get(way) ?? 0) + 1);
      });
    }
    expect([...taken.keys()].sort()).toEqual("PT: P,PT: T,PV: P,PV: V,SX: S,SX: X,TV: T,TV: V".split(","));
    for (const [way, count] of taken) {
      const [ways = ""] = way.split(":");
      const both = [...ways].reduce((sum, symbol) => sum + (taken.get(`${ways}: ${symbol}`) ?? 0), 0);
      expect(Math.abs(count / both - 0.5)).toBeLessThan(0.02);
    }
  });

  it("name what may follow, and what may not stand", () => {
    expect(reberSuccessors("BTXSE", { grammar: "simple" })).toEqual(["TP", "SX", "XS", "E", ""]);
    expect(reberSuccessors("BPBTXSEPE", { grammar: "embedded" }).slice(-3)).toEqual(["P", "E", ""]);
    expect(() => reberSuccessors("BTXT", { grammar: "simple" })).toThrow("the simple grammar allows X or S at position 3, got T");
    expect(() => reberSuccessors("BTBTXSEPE", { grammar: "embedded" })).toThrow("allows T at position 7, got P");
    expect(() => reberSuccessors("BTXSEB", { grammar: "simple" })).toThrow("allows no symbol at position 5");
  });

  it("batch them with the legal next symbols as targets", () => {
    const { inputs, targets, lengths } = reberBatch({ batchSize: 5, grammar: "embedded", generator: createGenerator(1) });
    const legal = rowsOf(targets) as number[][][];
    (rowsOf(inputs) as number[][]).forEach((row, index) => {
      const steps = lengths[index] as number;
      const text = row
        .slice(0, steps)
        .map((id) => reberSymbols[id])
        .join("");
      const expected = reberSuccessors(text, { grammar: "embedded" }).map((next) => [...next].sort().join(""));
      const got = legal[index]?.map((step) =>
        [...reberSymbols]
          .filter((_, id) => step[id] === 1)
          .sort()
          .join(""),
      );
      expect(got).toEqual([...expected, ...Array<string>(row.length - steps).fill("")]);
    });
  });

  it("run on without a break in the continual task", () => {
    const { inputs, targets } = continualReberBatch({ batchSize: 2, length: 200, generator: createGenerator(1) });
    const [row = []] = rowsOf(inputs) as number[][];
    const text = row.map((id) => reberSymbols[id]).join("");
    const strings = text.split(/(?<=E[TP]E)/);
    expect(strings.length).toBeGreaterThan(8);
    strings.forEach((string) => expect(() => reberSuccessors(string, { grammar: "embedded" })).not.toThrow());
    const [legal = []] = rowsOf(targets) as number[][][];
    for (let step = 0; step + 1 < 200; step++) expect(legal[step]?.[row[step + 1] as number]).toBe(1);
  });
});

it.each(["anbn", "anbncn"] as const)("makes %s with the legal successors", (language) => {
  const { inputs, targets, lengths } = countingBatch({ batchSize: 50, language, most: 6, generator: createGenerator(2) });
  const legal = rowsOf(targets) as number[][][];
  (rowsOf(inputs) as number[][]).forEach((row, index) => {
    const text = row
      .slice(0, lengths[index])
      .map((id) => countingSymbols[id])
      .join("");
    const n = [...text].filter((symbol) => symbol === "a").length;
    expect(text).toBe(`S${"a".repeat(n)}${"b".repeat(n)}${language === "anbn" ? "" : "c".repeat(n)}`);
    const got = legal[index]
      ?.slice(0, text.length)
      .map((step) => [...countingSymbols].filter((_, id) => step[id] === 1).join(""));
    const tail = language === "anbn" ? [] : [...Array<string>(n).fill("c")];
    expect(got).toEqual(["Ta", ...Array<string>(n).fill("ab"), ...Array<string>(n - 1).fill("b"), ...tail, "T"]);
  });
});

it("draws n from all of its range", () => {
  const { lengths } = countingBatch({ batchSize: 200, language: "anbn", least: 3, most: 7, generator: createGenerator(2) });
  expect(new Set(lengths.map((steps) => (steps - 1) / 2))).toEqual(new Set([3, 4, 5, 6, 7]));
});

describe("timing", () => {
  const spikes = { batchSize: 3, length: 200, minimumDelay: 10, maximumOffset: 3 };

  it("measures spike delays", () => {
    const { inputs, targets, mask } = spikeDelayBatch({ ...spikes, generator: createGenerator(1) });
    for (let row = 0; row < 3; row++) {
      let last = 0;
      for (let step = 0; step < 200; step++) {
        const at = row * 200 + step;
        expect(mask.toTypedArray()[at]).toBe(inputs.toTypedArray()[at]);
        if (inputs.toTypedArray()[at] === 1) {
          expect(targets.toTypedArray()[at]).toBe(step - last - 10);
          expect(step - last).toBeLessThanOrEqual(13);
          last = step;
        }
      }
      expect(200 - last).toBeLessThanOrEqual(13);
    }
    const offsets = Array.from(targets.toTypedArray()).filter((_, at) => mask.toTypedArray()[at] === 1);
    expect(new Set(offsets)).toEqual(new Set([0, 1, 2, 3]));
  });

  it("generates timed spikes from the same offsets, roles turned round", () => {
    const measured = spikeDelayBatch({ ...spikes, generator: createGenerator(1) });
    const timed = timedSpikesBatch({ ...spikes, generator: createGenerator(1) });
    expect(timed.targets.toTypedArray()).toEqual(measured.inputs.toTypedArray());
    const held = timed.inputs.toTypedArray();
    measured.mask.toTypedArray().forEach((spike, at) => {
      const offset = measured.targets.toTypedArray()[at] as number;
      if (spike === 1) for (let back = 0; back < 10 + offset; back++) expect(held[at - back]).toBe(offset);
    });
  });

  it("draws periodic functions", () => {
    const draw = (shape: "cosine" | "triangle" | "rectangle"): number[] =>
      Array.from(periodicFunctionBatch({ batchSize: 1, length: 6, period: 4, shape }).targets.toTypedArray(), (x) =>
        Number(x.toFixed(6)),
      );
    expect(draw("cosine")).toEqual([0, 0.5, 1, 0.5, 0, 0.5]);
    expect(draw("triangle")).toEqual([0, 0.5, 1, 0.5, 0, 0.5]);
    expect(draw("rectangle")).toEqual([1, 1, 0, 0, 1, 1]);
  });
});
