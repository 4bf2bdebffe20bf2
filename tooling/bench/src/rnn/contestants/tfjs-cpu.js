import { tfjsContestant } from "./tfjs.js";

export const contestant = tfjsContestant("cpu");
