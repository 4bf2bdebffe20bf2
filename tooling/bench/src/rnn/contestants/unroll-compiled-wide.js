import { unrollContestant } from "./unroll.js";

export const contestant = unrollContestant({ name: "compiled, 256 bits", engine: "compiled", backend: { wideVectors: true } });
