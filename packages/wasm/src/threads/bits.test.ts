import { createGenerator, normal, ones, withBackend, type Tensor } from "@unroll/tensor";
import { afterAll, describe, expect, it } from "vitest";

import { WasmBackend } from "../index.js";

const leastWork = { multiplyAdds: 1, elements: 1 };

type Run = (make: (...shape: number[]) => Tensor) => Tensor;

const products = [
  [1, 1000, 130],
  [2, 37, 300],
  [3, 5, 7],
  [17, 19, 600],
  [32, 512, 128],
  [61, 8, 257],
  [300, 70, 33],
];

const runs: readonly (readonly [title: string, run: Run])[] = [
  ...products.map(
    ([m = 0, n = 0, k = 0]) => [`${m} x ${n} x ${k}`, (make: Parameters<Run>[0]) => make(m, k).matmul(make(k, n))] as const,
  ),
  ...products.map(
    ([m = 0, n = 0, k = 0]) =>
      [
        `${m} x ${n} x ${k} transposed`,
        (make: Parameters<Run>[0]) => make(k, m).transpose().matmul(make(n, k).transpose()),
      ] as const,
  ),
  ["tanh", (make) => make(1003).tanh()],
  ["sigmoid", (make) => make(7, 143).sigmoid()],
  ["expm1", (make) => make(1003).expm1()],
  ["log1p", (make) => make(1003).abs().log1p()],
  ["sin", (make) => make(1003).mul(1e8).sin()],
  ["cos", (make) => make(7, 143).cos()],
  ["pow", (make) => make(101, 33).abs().pow(make(33))],
  ["exp in place of a view", (make) => make(40, 30).transpose().exp()],
  ["add of rows", (make) => make(101, 33).add(make(33))],
  ["mul of columns", (make) => make(101, 33).mul(make(101, 1))],
  ["div of one", (make) => make(999).div(make(1))],
  ["sum of all", (make) => make(70, 900).sum()],
  ["sum over rows", (make) => make(70, 93).sum({ axes: 0 })],
  ["sum over columns", (make) => make(70, 93).sum({ axes: 1 })],
  ["max over the middle", (make) => make(2, 70, 93).max({ axes: 1 })],
  ["prod over the middle", (make) => make(2, 70, 93).prod({ axes: 1 })],
  ["argmax over rows", (make) => make(70, 93).argmax({ axis: 0 })],
  ["argmin over columns", (make) => make(70, 93).argmin({ axis: 1 })],
  ["sum of integers", (make) => make(70, 93).mul(1e9).cast("int32").sum({ axes: 0 })],
  ["softmax", (make) => make(13, 130).softmax()],
  ["logSoftmax", (make) => make(13, 130).logSoftmax()],
];

describe("results do not depend on the number of threads", () => {
  const backends = [1, 2, 3, 5].map((threads) => WasmBackend.create({ threads }, leastWork));
  afterAll(async () => {
    for (const backend of await Promise.all(backends)) await backend.close();
  });

  it("in memory that has grown since the threads began", async () => {
    const [alone, ...teams] = (await Promise.all(backends)).map((backend) =>
      withBackend(backend, () => {
        const before = backend.stats().bytesReserved;
        const x = ones([2 ** 23]);
        expect(backend.stats().bytesReserved).toBeGreaterThan(before);
        const generator = createGenerator(1);
        const product = normal([64, 300], { generator }).matmul(normal([300, 64], { generator }));
        const sum = x.add(1).sum().item();
        expect(sum).toBe(2 ** 24);
        return product.toTypedArray();
      }),
    );
    for (const team of teams) expect(team).toEqual(alone);
  });

  it.each(runs)("%s", async (_, run) => {
    const [alone, ...teams] = (await Promise.all(backends)).map((backend) =>
      withBackend(backend, () => {
        const generator = createGenerator(1);
        return run((...shape) => normal(shape, { generator })).toTypedArray();
      }),
    );
    for (const team of teams) expect(team).toEqual(alone);
  });
});
