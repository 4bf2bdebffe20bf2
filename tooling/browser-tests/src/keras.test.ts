import { importKeras } from "@unroll/serialize/keras";
import { tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

it("imports a model of Keras, with h5wasm in the browser's memory", async () => {
  const address = new URL("../../../packages/serialize/fixtures/keras/classifier.keras", import.meta.url);
  const model = await importKeras(new Uint8Array(await (await fetch(address)).arrayBuffer()));
  const [row] = model.forward(tensor([[1, 2, 3, 0, 0, 0]], { dtype: "int32" })).unstack({ axis: 0 });
  expect(Array.from(row?.toTypedArray() ?? [])).toEqual([expect.closeTo(-0.5220541, 5), expect.closeTo(0.5347099, 5)]);
});
