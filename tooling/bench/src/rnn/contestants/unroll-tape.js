import { unrollContestant } from "./unroll.js";

export const contestant = unrollContestant({ name: "tape", engine: "tape" });
