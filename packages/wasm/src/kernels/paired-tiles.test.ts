import { createGenerator, normal, scope, withBackend } from "@unroll/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";

import { WasmBackend } from "../index.js";
import { pairTiles } from "./paired-tiles.js";

it.each([false, true])("two panels at a time give the same bits as one, deterministic: %s", async (deterministic) => {
  const backend = await WasmBackend.create({ deterministic });
  const product = (paired: boolean, m: number, k: number, n: number): readonly number[] => {
    pairTiles(backend.programs.memory, paired);
    const generator = createGenerator(1);
    return withBackend(backend, () =>
      scope(() =>
        Array.from(
          normal([m, k], { generator })
            .matmul(normal([k, n], { generator }))
            .toTypedArray(),
        ),
      ),
    );
  };
  const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(size(14), size(300), size(70), (m, k, n) => {
      expect(product(true, m, k, n)).toEqual(product(false, m, k, n));
    }),
  );
});
