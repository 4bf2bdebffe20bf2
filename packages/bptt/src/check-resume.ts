import { collectTensors } from "@unroll/tensor";

import { check } from "./check-option.js";
import type { FitState } from "./fit-options.js";

/** @throws TrainingError `option` unless this is a state to go on from. */
export function checkResume(resume: unknown): void {
  const state = Object(resume) as Partial<FitState<unknown>>;
  const { step, epoch, batch, midBatch } = state;
  const counted = [step, epoch, batch].every((count) => Number.isInteger(count) && (count as number) >= 0);
  check(
    counted && "optimizer" in state,
    "fit: resume must be a state { step, epoch, batch, optimizer, … }",
    resume,
    "give the `training` of a checkpoint",
  );
  check(
    midBatch !== true,
    "fit: resume must be a state of the end of a batch",
    "one between two windows",
    "take it where batchDone is true",
  );
  const used = collectTensors(resume).some((tensor) => tensor.toDense().storage.disposed);
  check(
    !used,
    "fit: resume must hold its tensors",
    "a state whose tensors were freed",
    "fit takes them over: load the checkpoint again, or give a copy",
  );
}
