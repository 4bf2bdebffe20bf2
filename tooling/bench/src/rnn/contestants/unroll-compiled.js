import { unrollContestant } from "./unroll.js";

export const contestant = unrollContestant({ name: "compiled", engine: "compiled" });
