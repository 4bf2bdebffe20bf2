import { fromTypedArray, ones, type Tensor } from "@unroll/tensor";
import { beforeEach, describe, expect, it } from "vitest";

import type { CheckpointStore } from "../checkpoint/store.js";

const bits = (value: unknown): unknown[] => [...(value as Tensor).toTypedArray()];

/**
 * The suite every store of checkpoints passes: what is saved comes back bit for bit, a save that fails leaves the one
 * before, replaced checkpoints are kept on request, errors name the checkpoint.
 *
 * @param makeStore - Called before each test; the checkpoints of the test before it are removed.
 */
export function checkpointStoreConformance(name: string, makeStore: () => CheckpointStore | Promise<CheckpointStore>): void {
  describe(`checkpoint store conformance: ${name}`, () => {
    let store: CheckpointStore;
    beforeEach(async () => {
      store = await makeStore();
      for (const old of await store.names()) await store.remove(old);
    });

    it("gives back every bit", async () => {
      const x = fromTypedArray(Float32Array.of(NaN, -0, 1e-45, Infinity), [2, 2]);
      await store.save("first", { step: 3, odd: [-0, NaN], model: { x } });
      const loaded = (await store.load("first")) as { step: number; odd: number[]; model: { x: Tensor } };
      expect(loaded.step).toBe(3);
      expect(loaded.odd).toEqual([-0, NaN]);
      expect(loaded.model.x.shape).toEqual([2, 2]);
      expect(bits(loaded.model.x)).toEqual(bits(x));
    });

    it("replaces, lists and removes", async () => {
      expect(await store.names()).toEqual([]);
      for (const step of [1, 2]) await store.save("b", { step, x: ones([100 / step]) });
      await store.save("a ü.safetensors", { step: 9 });
      expect((await store.load("b"))["step"]).toBe(2);
      expect(await store.names()).toEqual(["a ü.safetensors", "b"]);
      await store.remove("b");
      await store.remove("b");
      expect(await store.names()).toEqual(["a ü.safetensors"]);
      await expect(store.load("b")).rejects.toMatchObject({
        name: "SerializeError",
        code: "file",
        message: expect.stringMatching(
          /^load checkpoint "b" from .*: there is none of that name; saved there: a ü\.safetensors$/,
        ) as string,
      });
    });

    it("keeps the replaced one on request", async () => {
      for (const step of [1, 2, 3]) await store.save("kept", { step }, { keepPrevious: true });
      expect(await store.names()).toEqual(["kept", "kept.previous"]);
      expect((await store.load("kept"))["step"]).toBe(3);
      expect((await store.load("kept.previous"))["step"]).toBe(2);
    });

    it("keeps the old one when saving fails", async () => {
      const freed = ones([1]);
      freed.dispose();
      await expect(store.save("new", { step: () => 1 })).rejects.toMatchObject({ code: "value" });
      expect(await store.names()).toEqual([]);
      await store.save("old", { step: 1 });
      await expect(store.save("old", { step: () => 2 })).rejects.toThrow(
        /^save checkpoint "old" to .*: write checkpoint: values/,
      );
      await expect(store.save("old", { x: ones([1000]), freed }, { keepPrevious: true })).rejects.toThrow(
        "used after it was freed",
      );
      expect((await store.load("old"))["step"]).toBe(1);
      expect(await store.names()).toEqual(["old"]);
    });

    it("saves what there was at the moment of the call", async () => {
      const tree = { step: 1, x: ones([1]) };
      const saved = store.save("moment", tree);
      tree.step = 2;
      tree.x.dispose();
      await saved;
      expect((await store.load("moment"))["step"]).toBe(1);
    });

    it("has a whole one after saves at the same time", async () => {
      await Promise.allSettled([1, 2, 3, 4].map((step) => store.save("same", { step, x: ones([step * 1000]) })));
      const { step, x } = (await store.load("same")) as { step: number; x: Tensor };
      expect(x.shape).toEqual([step * 1000]);
    });

    it("gives tensors that belong to the caller", async () => {
      await store.save("own", { x: ones([2]) });
      const { x } = (await store.load("own")) as { x: Tensor };
      x.toTypedArray().fill(7);
      expect(bits((await store.load("own"))["x"])).toEqual([1, 1]);
    });

    it.each(["", ".", "..", "../a", "a/b", "a\\b", ".a", "a.", "a ", "a:b", "a\n", "x".repeat(101)])(
      "refuses the name %j",
      async (wrong) => {
        for (const attempt of [() => store.save(wrong, {}), () => store.load(wrong), () => store.remove(wrong)])
          await expect(attempt()).rejects.toMatchObject({ code: "name" });
      },
    );
  });
}
