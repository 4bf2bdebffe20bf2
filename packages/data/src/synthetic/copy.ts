import { fromTypedArray } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkTask, type TaskBatch, type TaskOptions } from "./task-batch.js";

/** Sizes of {@link copyBatch}. */
export interface CopyOptions extends TaskOptions {
  /** Steps T between the end of the message and the answer. */
  readonly delay: number;
  /** Symbols to remember, default 10. */
  readonly messageLength?: number;
  /** Different symbols, default 8. */
  readonly symbols?: number;
}

/**
 * Repeat a message after a delay. Inputs and targets are int32 `[batch, delay + 2 messageLength]`, with ids
 * 0..symbols-1 for the message, `symbols` for blank and `symbols + 1` for the marker. The inputs are the message,
 * `delay - 1` blanks, the marker and `messageLength` blanks; the targets are blank until the marker has been read, then
 * the message. Without memory the best cross entropy is `messageLength ln(symbols) / (delay + 2 messageLength)`.
 *
 * Source: M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural networks", arXiv 1511.06464, section
 * 5.1, after Hochreiter and Schmidhuber 1997.
 */
export function copyBatch(options: CopyOptions): TaskBatch {
  checkTask("copyBatch", options);
  const { batchSize, generator, delay, messageLength = 10, symbols = 8 } = options;
  for (const [name, value] of Object.entries({ delay, messageLength, symbols })) checkCount("copyBatch", name, value);
  const time = delay + 2 * messageLength;
  const inputs = new Int32Array(batchSize * time).fill(symbols);
  const targets = new Int32Array(batchSize * time).fill(symbols);
  for (let row = 0; row < batchSize; row++) {
    for (let step = 0; step < messageLength; step++) {
      const symbol = generator.integer(symbols);
      inputs[row * time + step] = symbol;
      targets[row * time + delay + messageLength + step] = symbol;
    }
    inputs[row * time + messageLength + delay - 1] = symbols + 1;
  }
  return {
    inputs: fromTypedArray(inputs, [batchSize, time]),
    targets: fromTypedArray(targets, [batchSize, time]),
    lengths: new Int32Array(batchSize).fill(time),
  };
}
