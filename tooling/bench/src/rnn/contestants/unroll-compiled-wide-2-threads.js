import { unrollContestant } from "./unroll.js";

const backend = { wideVectors: true, threads: 2 };

export const contestant = unrollContestant({ name: "compiled, 256 bits, 2 threads", engine: "compiled", backend });
