import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The first Python that has PyTorch: that of `UNROLL_PYTHON`, else `python3`, else the system's; undefined where none has. */
export function findPython() {
  const given = process.env.UNROLL_PYTHON;
  const candidates = given === undefined ? ["python3", "/usr/bin/python3"] : [given];
  return candidates.find((python) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}

/**
 * What PyTorch needs in its environment to run at its best on so many threads. An OpenBLAS older than the processor takes
 * it for a very old one, unless told.
 */
export function pythonEnvironment(threads) {
  const count = String(threads);
  const env = { OMP_NUM_THREADS: count, MKL_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count };
  return process.env.OPENBLAS_CORETYPE === undefined && hasAvx512() ? { ...env, OPENBLAS_CORETYPE: "SkylakeX" } : env;
}

function hasAvx512() {
  try {
    return /\bavx512bw\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return false;
  }
}
