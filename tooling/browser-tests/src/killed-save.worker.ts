// Saves one small and one large checkpoint; killed-save.test.ts kills it while it writes the large one.
import { full } from "@unroll/tensor";

import { openStore, type StoreKind } from "./open-store.js";

self.onmessage = async ({ data }: MessageEvent<{ readonly kind: StoreKind; readonly name: string }>) => {
  const store = openStore(data.kind, data.name);
  await store.save("kept", { step: 1, x: full([10], 1) });
  const large = full([4_000_000], 2);
  self.postMessage("saving");
  await store.save("kept", { step: 2, x: large }, { keepPrevious: true });
  self.postMessage("saved");
};
