import type { CheckpointStore } from "@unroll/serialize";
import { indexedDbStore, opfsStore } from "@unroll/serialize/browser";

/** The stores of the browser. */
export type StoreKind = "opfs" | "indexedDb";

/** A store of its own for each name. */
export function openStore(kind: StoreKind, name: string): CheckpointStore {
  return kind === "opfs" ? opfsStore({ folder: name }) : indexedDbStore({ database: name });
}
