import { encodeCheckpoint } from "@unroll/serialize";
import { createGenerator } from "@unroll/tensor";
import { expect, it } from "vitest";

import { openStore, type StoreKind } from "./open-store.js";

const script = new URL("./killed-training.ts", import.meta.url);

type Place = "worker" | "page";

/** Starts the training in a place of its own; what is returned kills it. */
const start: Readonly<Record<Place, (name: string) => () => void>> = {
  worker(name) {
    const worker = new Worker(script, { type: "module", name });
    return () => worker.terminate();
  },
  page(name) {
    const frame = document.createElement("iframe");
    frame.name = name;
    document.body.append(frame);
    const page = frame.contentDocument as Document;
    page.body.append(Object.assign(page.createElement("script"), { type: "module", src: script.href }));
    return () => frame.remove();
  },
};

type Report = { readonly step: number } | { readonly resumedAt: number };
type Death = { readonly updates: number; readonly milliseconds: number };

let lives = 0;

/** One life of the training: it is killed `milliseconds` after it has made `updates`, or ends by itself. */
function live(place: Place, store: string, death?: Death): Promise<"killed" | { readonly resumedAt: number }> {
  return new Promise((resolve) => {
    const name = `${store} ${lives++}`;
    const channel = new BroadcastChannel(name);
    const kill = start[place](name);
    const end = (how: "killed" | { readonly resumedAt: number }): void => {
      kill();
      channel.close();
      resolve(how);
    };
    let updates = 0;
    channel.onmessage = ({ data }: MessageEvent<Report>) => {
      if ("resumedAt" in data) end(data);
      else if (++updates === death?.updates) setTimeout(() => end("killed"), death.milliseconds);
    };
  });
}

it.each<[StoreKind, Place]>([
  ["opfs", "worker"],
  ["opfs", "page"],
  ["indexedDb", "worker"],
  ["indexedDb", "page"],
])("a training that saves to %s ends with the same bits when its %s is killed again and again", async (kind, place) => {
  const whole = `whole-${place}`;
  await live(place, `${kind} ${whole}`);
  const expected = encodeCheckpoint(await openStore(kind, whole).load("end"));
  const generator = createGenerator(8);
  let kills = 0;
  let resumed = 0;
  for (let round = 0; kills < 3; round++) {
    const name = `killed-${place}-${round}`;
    let end: Awaited<ReturnType<typeof live>>;
    do {
      // Past the next checkpoint, or while it is written.
      const death = { updates: 10 + generator.integer(30), milliseconds: generator.uniform() * 12 };
      end = await live(place, `${kind} ${name}`, kills < 3 ? death : undefined);
      if (end === "killed") kills++;
      else if (end.resumedAt > 0) resumed++;
    } while (end === "killed");
    const store = openStore(kind, name);
    expect(await store.names()).toEqual(["checkpoint", "checkpoint.previous", "end"]);
    expect(encodeCheckpoint(await store.load("end"))).toEqual(expected);
  }
  expect(resumed).toBeGreaterThan(0);
});
