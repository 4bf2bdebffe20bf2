import type { FitState } from "@unroll/bptt";
import { charVocabulary, type CharVocabulary } from "@unroll/data";
import type { OptimizerState } from "@unroll/optim";
import { SerializeError } from "@unroll/serialize";
import { loadCheckpoint, saveCheckpoint } from "@unroll/serialize/node";
import { Tensor } from "@unroll/tensor";
import * as v from "valibot";

import { CharModel } from "./char-model.js";
import { UserError } from "./error.js";
import { modelSettings, trainingSettings, type ModelSettings, type TrainingSettings } from "./settings.js";

/** A model with what belongs to it. */
export interface ModelFile {
  readonly model: CharModel;
  readonly vocabulary: CharVocabulary;
  readonly modelSettings: ModelSettings;
  readonly trainingSettings: TrainingSettings;
  /** Fingerprint of the text. */
  readonly textHash: string;
  /** Where the training stands. */
  readonly training: FitState<OptimizerState>;
}

const tensor = v.custom<Tensor>((value) => Tensor.isTensor(value), "must be a tensor");
const named = v.record(v.string(), tensor);

const schema = v.object({
  app: v.literal("char-rnn"),
  model: named,
  vocabulary: v.array(v.string()),
  modelSettings,
  trainingSettings,
  textHash: v.string(),
  training: v.looseObject({
    step: v.number(),
    epoch: v.number(),
    batch: v.number(),
    optimizer: v.looseObject({ step: v.number(), slots: v.record(v.string(), named) }),
    carried: v.optional(v.array(named)),
  }),
});

/** Writes a checkpoint; the file is replaced in one step. */
export async function saveModelFile(path: string, file: ModelFile): Promise<void> {
  const { model, vocabulary, ...rest } = file;
  const state = model.stateDict();
  try {
    await saveCheckpoint(path, { app: "char-rnn", model: state, vocabulary: vocabulary.characters, ...rest });
  } catch (error) {
    throw asUserError(error);
  } finally {
    for (const value of Object.values(state)) value.dispose();
  }
}

/** @throws UserError when the file is missing, broken or no checkpoint of this app. */
export async function loadModelFile(path: string): Promise<ModelFile> {
  try {
    const { model: values, vocabulary: characters, ...rest } = await loadCheckpoint(path, { schema });
    const vocabulary = charVocabulary({ characters });
    const model = new CharModel(vocabulary.size, rest.modelSettings).loadStateDict(values);
    return { ...rest, model, vocabulary, training: rest.training };
  } catch (error) {
    throw asUserError(error);
  }
}

function asUserError(error: unknown): unknown {
  return error instanceof SerializeError ? new UserError(error.message) : error;
}
