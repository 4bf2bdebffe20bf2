import type { Generator } from "@unroll/tensor";

import { fail } from "../error.js";
import { showValue } from "./show-value.js";

/** Throws `option` unless a value is a generator of random numbers. */
export function checkGenerator(operation: string, generator: unknown): void {
  if (typeof (generator as Partial<Generator> | undefined)?.uniform !== "function")
    fail("option", `${operation}: needs a generator, got ${showValue(generator)}; pass createGenerator(seed) of @unroll/tensor`);
}
