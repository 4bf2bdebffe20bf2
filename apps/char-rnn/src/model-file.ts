import type { FitState } from "@unroll/bptt";
import { UserError } from "@unroll/command-line";
import { charVocabulary, DataError, type CharVocabulary } from "@unroll/data";
import type { OptimizerState } from "@unroll/optim";
import { ModuleError } from "@unroll/nn";
import { SerializeError } from "@unroll/serialize";
import { loadCheckpoint, saveCheckpoint } from "@unroll/serialize/node";
import { disposeTree, Tensor } from "@unroll/tensor";
import * as v from "valibot";

import { CharModel } from "./char-model.js";
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

const app = v.literal("char-rnn");
const place = v.pipe(v.number(), v.integer(), v.minValue(0));

const schema = v.object({
  app,
  model: named,
  vocabulary: v.array(v.string()),
  modelSettings,
  trainingSettings,
  textHash: v.string(),
  training: v.looseObject({
    step: place,
    epoch: place,
    batch: place,
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
    throw asUserError(path, error);
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
    disposeTree(values);
    return { ...rest, model, vocabulary, training: rest.training };
  } catch (error) {
    throw asUserError(path, error);
  }
}

/** Whether a file is a checkpoint of this app, whole and of a version that can be read. */
export async function isModelFile(path: string): Promise<boolean> {
  try {
    disposeTree(await loadCheckpoint(path, { schema: v.looseObject({ app }) }));
    return true;
  } catch (error) {
    if (error instanceof SerializeError && error.code !== "file") return false;
    throw asUserError(path, error);
  }
}

function asUserError(path: string, error: unknown): unknown {
  if (error instanceof SerializeError) return new UserError(error.message);
  if (error instanceof DataError) return new UserError(`${path} has a broken vocabulary (${error.message}); train anew.`);
  if (!(error instanceof ModuleError)) return error;
  const problems = error.message.replace(/^\w+: /, "");
  return new UserError(`${path} holds the weights of another model than the one it describes (${problems}); train anew.`);
}
