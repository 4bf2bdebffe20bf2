import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ones, zeros } from "@unroll/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { encodeCheckpoint, encodeSafetensors } from "../index.js";
import { folderStore, loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors } from "../node.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "unroll-serialize-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("files", () => {
  it("round-trip, with missing folders made and nothing left beside them", async () => {
    const path = join(folder, "deep", "er", "weights.safetensors");
    await saveSafetensors(path, { x: ones([2]) }, { metadata: { format: "pt" } });
    await saveSafetensors(path, { x: ones([3]) }, { metadata: { format: "pt" } });
    expect((await loadSafetensors(path)).tensors["x"]?.shape).toEqual([3]);
    expect(await readFile(path)).toEqual(Buffer.from(encodeSafetensors({ x: ones([3]) }, { metadata: { format: "pt" } })));
    expect(await readdir(join(folder, "deep", "er"))).toEqual(["weights.safetensors"]);
    const checkpoint = join(folder, "checkpoint.safetensors");
    await saveCheckpoint(checkpoint, { step: 4, x: zeros([1]) });
    expect(await readFile(checkpoint)).toEqual(Buffer.from(encodeCheckpoint({ step: 4, x: zeros([1]) })));
    expect((await loadCheckpoint(checkpoint))["step"]).toBe(4);
  });

  it("keep the old file, and no temporary one, when saving fails", async () => {
    const path = join(folder, "old", "kept.safetensors");
    await saveCheckpoint(path, { step: 1 });
    await expect(saveCheckpoint(path, { step: () => 2 })).rejects.toThrow(
      `saveCheckpoint: ${path}: write checkpoint: values must be JSON`,
    );
    const freed = ones([1]);
    freed.dispose();
    await expect(saveCheckpoint(path, { a: ones([1]), freed })).rejects.toThrow("tensor: used after it was freed");
    expect((await loadCheckpoint(path))["step"]).toBe(1);
    expect(await readdir(join(folder, "old"))).toEqual(["kept.safetensors"]);
  });

  it("keep the last good file where asked to", async () => {
    const path = join(folder, "kept", "checkpoint.safetensors");
    for (const step of [1, 2, 3]) await saveCheckpoint(path, { step }, { keepPrevious: true });
    expect((await readdir(join(folder, "kept"))).sort()).toEqual(["checkpoint.safetensors", "checkpoint.safetensors.previous"]);
    expect((await loadCheckpoint(path))["step"]).toBe(3);
    expect((await loadCheckpoint(`${path}.previous`))["step"]).toBe(2);
  });

  it("hold what there was at the moment of the call", async () => {
    const path = join(folder, "moment.safetensors");
    const values = { step: 1, x: ones([1]) };
    const saved = saveCheckpoint(path, values);
    values.step = 2;
    values.x.dispose();
    await saved;
    expect((await loadCheckpoint(path))["step"]).toBe(1);
  });

  it("name the path, what is wrong and a remedy", async () => {
    const missing = join(folder, "missing.safetensors");
    await expect(loadCheckpoint(missing)).rejects.toMatchObject({
      code: "file",
      message: `loadCheckpoint: ${missing}: there is no such file; check the path or save one first`,
    });
    await expect(loadSafetensors(folder)).rejects.toThrow(/this is a folder/);
    const broken = join(folder, "broken.safetensors");
    await writeFile(broken, "hello, world");
    await expect(loadCheckpoint(broken)).rejects.toThrow(`loadCheckpoint: ${broken}: read safetensors: a header has at most`);
    await expect(saveCheckpoint(join(broken, "x"), {})).rejects.toMatchObject({ code: "file" });
    const taken = join(folder, "taken");
    await mkdir(join(taken, "inside"), { recursive: true });
    await expect(saveCheckpoint(taken, {})).rejects.toMatchObject({ code: "file" });
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await expect(saveCheckpoint(new URL("file:///x") as unknown as string, {})).rejects.toThrow(
      "saveCheckpoint: a path is a string, got an instance of URL",
    );
  });

  it("are saved side by side into a folder that is not there yet", async () => {
    const made = join(folder, "at", "once");
    await Promise.all(["a", "b", "c", "d"].map((name) => saveCheckpoint(join(made, name), { name })));
    expect(await readdir(made)).toEqual(["a", "b", "c", "d"]);
  });

  // `mkdir` with `recursive` never comes back from there.
  it.runIf(process.platform === "linux")("are refused where a folder takes no others", async () => {
    const path = "/proc/none/deeper/x.safetensors";
    await expect(saveSafetensors(path, {})).rejects.toMatchObject({
      code: "file",
      message: `saveSafetensors: ${path}: no folder can be made in /proc; choose another folder`,
    });
    await expect(folderStore("/proc/none").save("x", {})).rejects.toThrow(
      'save checkpoint "x" to the folder /proc/none: no folder can be made in /proc; choose another folder',
    );
  });
});
