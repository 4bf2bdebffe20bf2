import { valueAndGrad } from "@unroll/autograd";
import { createGenerator, normal, tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { ctcBeamDecode, ctcGreedyDecode, ctcLoss, type CtcLossOptions } from "../index.js";

const flat = (x: Tensor | undefined): number[] => Array.from((x as Tensor).toTypedArray());
const int = (values: number[][]): Tensor => tensor(values, { dtype: "int32" });

// Probability of every label sequence, by writing out all paths.
function everyLabelling(scores: readonly (readonly number[])[]): Map<string, number> {
  const found = new Map<string, number>();
  const walk = (path: readonly number[], logProbability: number): void => {
    const step = scores[path.length];
    if (step === undefined) {
      const labels = path.filter((label, t) => label !== 0 && label !== path[t - 1]).join(",");
      found.set(labels, (found.get(labels) ?? 0) + Math.exp(logProbability));
      return;
    }
    step.forEach((score, label) => walk([...path, label], logProbability + score));
  };
  walk([], 0);
  return found;
}

const logits = normal([1, 5, 3], { generator: createGenerator(8), dtype: "float64" });
const labellings = everyLabelling(logits.logSoftmax().reshape([5, 3]).unstack({ axis: 0 }).map(flat));

describe("ctcLoss", () => {
  it("is the negative log-probability of all paths together", () => {
    expect([...labellings.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    for (const [key, probability] of labellings) {
      const labels = key === "" ? [] : key.split(",").map(Number);
      const targets = labels.length === 0 ? zeros([1, 0], { dtype: "int32" }) : int([labels]);
      expect(ctcLoss(logits, targets, { reduction: "none" }).item()).toBeCloseTo(-Math.log(probability), 10);
    }
  });

  it("runs a ragged batch as its rows one by one", () => {
    const x = normal([3, 6, 4], { generator: createGenerator(3), dtype: "float64" });
    const lengths = { inputLengths: Int32Array.of(6, 2, 4), targetLengths: Int32Array.of(2, 0, 3) };
    const targets = [
      [1, 1, 2],
      [3, 3, 3],
      [3, 1, 3],
    ];
    const together = flat(ctcLoss(x, int(targets), { ...lengths, reduction: "none" }));
    targets.forEach((labels, row) => {
      const own = x.slice({ axis: 0, start: row, stop: row + 1 }).slice({ axis: 1, stop: lengths.inputLengths[row] as number });
      const kept = int([labels]).slice({ axis: 1, stop: lengths.targetLengths[row] as number });
      expect(ctcLoss(own, kept, { reduction: "none" }).item()).toBeCloseTo(together[row] as number, 12);
    });
  });

  it("is Infinity where the labels do not fit, or 0 with gradient 0 when asked", () => {
    const call = (zeroInfinity: boolean) =>
      valueAndGrad((x: Tensor) => ctcLoss(x, int([[1, 1]]), { zeroInfinity }))(zeros([1, 2, 3]));
    expect(call(false).value.item()).toBe(Infinity);
    expect(call(true).value.item()).toBe(0);
    expect(flat(call(true).gradients[0]).every((value) => Math.abs(value) === 0)).toBe(true);
  });

  it("defines rows without steps or labels, and the empty batch", () => {
    const none = zeros([1, 0], { dtype: "int32" });
    expect(ctcLoss(zeros([1, 0, 3]), none).item()).toBe(0);
    expect(ctcLoss(zeros([1, 0, 3]), int([[1]])).item()).toBe(Infinity);
    expect(ctcLoss(zeros([0, 4, 3]), zeros([0, 2], { dtype: "int32" })).item()).toBe(0);
    expect(ctcLoss(zeros([1, 3, 2]), none).item()).toBeCloseTo(3 * Math.log(2), 6);
  });

  it("survives a class of probability 0, and lets NaN show", () => {
    const x = tensor([
      [
        [0, -Infinity, 0],
        [0, 0, 0],
      ],
    ]);
    const { value, gradients } = valueAndGrad((a: Tensor) => ctcLoss(a, int([[1]]), { reduction: "none" }).sum())(x);
    expect(value.item()).toBeCloseTo(-Math.log((1 / 2) * (1 / 3)), 5);
    expect(flat(gradients[0]).every(Number.isFinite)).toBe(true);
    expect(
      ctcLoss(
        tensor([
          [
            [NaN, 0, 0],
            [0, 0, 0],
          ],
        ]),
        int([[1]]),
      ).item(),
    ).toBeNaN();
  });

  it("weights rows", () => {
    const x = normal([2, 4, 3], { generator: createGenerator(1) });
    const each = flat(
      ctcLoss(
        x,
        int([
          [1, 2],
          [2, 1],
        ]),
        { reduction: "none" },
      ),
    );
    const weighted = ctcLoss(
      x,
      int([
        [1, 2],
        [2, 1],
      ]),
      { weights: tensor([0, 3]) },
    ).item();
    expect(weighted).toBeCloseTo((each[1] as number) / 2, 5);
  });

  it("explains wrong lengths and labels", () => {
    const x = zeros([2, 4, 3]);
    const targets = int([
      [1, 2],
      [2, 1],
    ]);
    expect(() => ctcLoss(x, targets, { inputLengths: Int32Array.of(4, 5) })).toThrow(
      "ctcLoss: inputLengths must hold one whole length in 0..4 for each of 2 rows, got [4, 5]",
    );
    expect(() =>
      ctcLoss(
        x,
        int([
          [0, 1],
          [1, 1],
        ]),
      ),
    ).toThrow("labels must lie in 0..2 and differ from the blank 0, got 0 in row 0");
    expect(() => ctcLoss(x, targets, { blank: 3 })).toThrow("blank must name a class in 0..2, got 3");
  });
});

describe("what ctcLoss does not count", () => {
  const rows = [
    [
      [0, 1, 2],
      [1, 1, 1],
      [2, 0, 1],
    ],
    [
      [1, 0, 2],
      [0, 2, 1],
      [1, 1, 0],
    ],
  ];
  const spoilt = (at: (row: number, t: number) => boolean): Tensor =>
    tensor(rows.map((steps, row) => steps.map((step, t) => (at(row, t) ? [NaN, Infinity, NaN] : step))));
  const run = (x: Tensor, targets: Tensor, options: CtcLossOptions): number[] => {
    const { value, gradients } = valueAndGrad((a: Tensor) => ctcLoss(a, targets, options))(x);
    return [value.item(), ...flat(gradients[0])];
  };

  it("changes neither loss nor gradients beyond inputLengths", () => {
    const options = { inputLengths: Int32Array.of(2, 3) };
    const beyond = spoilt((row, t) => row === 0 && t === 2);
    const found = run(beyond, int([[1], [2]]), options);
    expect(found.every(Number.isFinite)).toBe(true);
    expect(found).toEqual(run(tensor(rows), int([[1], [2]]), options));
  });

  it("changes neither loss nor gradients in rows of weight 0, labels included", () => {
    const options = { weights: tensor([0, 1]) };
    const found = run(
      spoilt((row) => row === 0),
      int([[-7], [2]]),
      options,
    );
    expect(found.every(Number.isFinite)).toBe(true);
    expect(found).toEqual(run(tensor(rows), int([[1], [2]]), options));
    expect(found.slice(1, 10)).toEqual(new Array(9).fill(0));
  });

  it("is not told by a mask", () => {
    const options = { mask: tensor([true, false]) } as CtcLossOptions;
    expect(() => ctcLoss(tensor(rows), int([[1], [2]]), options)).toThrow(
      "ctcLoss: takes no mask, got one; give inputLengths for steps, and weights of 0 for rows",
    );
  });

  it("has whole lengths and int32 targets", () => {
    const x = tensor(rows);
    for (const length of [2.5, NaN]) {
      const inputLengths = [length, 3] as unknown as Int32Array;
      expect(() => ctcLoss(x, int([[1], [2]]), { inputLengths })).toThrow(`got [${length}, 3]`);
    }
    expect(() => ctcLoss(x, tensor([[1.5], [2]]))).toThrow('ctcLoss: targets must be int32, got float32; cast("int32") first');
  });
});

describe.each([
  ["ctcGreedyDecode", ctcGreedyDecode],
  ["ctcBeamDecode", ctcBeamDecode],
])("%s", (name, decode) => {
  it("refuses a blank that names no class, and NaN within the lengths", () => {
    for (const blank of [3, -1, 0.5])
      expect(() => decode(zeros([1, 2, 3]), { blank })).toThrow(`${name}: blank must name a class in 0..2, got ${blank}`);
    const x = tensor([
      [
        [0, 1, 0],
        [0, NaN, 0],
      ],
    ]);
    expect(() => decode(x)).toThrow(`${name}: scores must be numbers within inputLengths, got NaN in row 0`);
    expect(decode(x, { inputLengths: Int32Array.of(1) })).toHaveLength(1);
  });
});

describe("decoding", () => {
  it("greedy joins repeats and drops blanks within each length", () => {
    const path = (...labels: number[]): number[][] => labels.map((label) => [0, 1, 2].map((c) => Number(c === label)));
    const x = tensor([path(1, 1, 0, 1, 2), path(0, 0, 2, 2, 1), path(0, 0, 0, 0, 0)]);
    expect(ctcGreedyDecode(x)).toEqual([[1, 1, 2], [2, 1], []]);
    expect(ctcGreedyDecode(x, { inputLengths: Int32Array.of(2, 4, 0) })).toEqual([[1], [2], []]);
    expect(ctcGreedyDecode(x, { blank: 2 })[0]).toEqual([1, 0, 1]);
  });

  it("a wide beam finds every labelling with its exact probability, likeliest first", () => {
    const found = ctcBeamDecode(logits, { beamWidth: 1000 })[0] ?? [];
    expect(found).toHaveLength(labellings.size);
    const expected = [...labellings].sort((a, b) => b[1] - a[1]);
    found.forEach(({ labels, logProbability }, rank) => {
      expect(labels.join(",")).toBe(expected[rank]?.[0]);
      expect(logProbability).toBeCloseTo(Math.log(expected[rank]?.[1] as number), 10);
    });
  });

  it("a beam beats the best path where paths add up", () => {
    const probabilities = tensor([
      [
        [0.6, 0.4],
        [0.6, 0.4],
      ],
    ]); // blank blank 0.36; all paths to the label 0.64
    expect(ctcGreedyDecode(probabilities.log())).toEqual([[]]);
    const [best] = ctcBeamDecode(probabilities.log(), { beamWidth: 2 })[0] ?? [];
    expect(best?.labels).toEqual([1]);
    expect(best?.logProbability).toBeCloseTo(Math.log(0.64), 6);
    expect(ctcBeamDecode(zeros([1, 0, 2]))).toEqual([[{ labels: [], logProbability: 0 }]]);
  });
});
