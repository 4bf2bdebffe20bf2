import type { Module } from "@unroll/nn";

/**
 * Turns dropout and the like off in a module and all below it.
 *
 * @returns what puts each of them back into the mode it was in.
 */
export function enterEvaluation(model: Module): () => void {
  const modes = [...model.modules().values()].map((module) => ({ module, training: module.training }));
  model.evaluate();
  return () => {
    for (const { module, training } of modes) module.training = training;
  };
}
