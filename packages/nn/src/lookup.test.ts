import { tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { Embedding, lookupOf } from "./index.js";

it("finds where an embedding read what it gave", () => {
  const embedding = new Embedding(3, 2).initialize({ seed: 1 });
  const indices = tensor([[2, 0]], { dtype: "int32" });
  const x = embedding.forward(indices);
  const { table, indices: read } = lookupOf(x) ?? {};
  expect(table === embedding.weight.value && read === indices).toBe(true);
  expect(Array.from(x.toTypedArray())).toEqual(Array.from(embedding.weight.take(indices, { axis: 0 }).toTypedArray()));
  expect(lookupOf(x.mul(1))).toBeUndefined();
  // The vector of padding has no gradient, which a table does not know.
  expect(lookupOf(new Embedding(3, 2, { paddingIndex: 0 }).initialize({ seed: 1 }).forward(indices))).toBeUndefined();
});
