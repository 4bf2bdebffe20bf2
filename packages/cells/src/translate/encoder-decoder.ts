import { AdditiveAttention, dotAttention, Embedding, Linear, Module, type Attended } from "@unroll/nn";
import { arange, concat, formatShape, fromTypedArray, full, stack, type Tensor } from "@unroll/tensor";

import { mapState, type Cell, type CellState } from "../cell.js";
import { oneOf } from "../check-options.js";
import { CellError } from "../error.js";
import { Unrolled } from "../unroll/unroll.js";
import { beamSearch, greedySearch, type BeamOptions, type Hypothesis, type TokenModel } from "./search.js";

/** Sizes of an {@link EncoderDecoder}. */
export interface EncoderDecoderOptions {
  /** Tokens that sources are made of. */
  readonly sourceVocabulary: number;
  /** Tokens that targets are made of, `start` and `end` included. */
  readonly targetVocabulary: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  /** Of encoder and decoder, default 1. */
  readonly layers?: number;
  /** How the decoder looks at the source: by Bahdanau et al. 2015 (default), by dot products, or only through its first state. */
  readonly attention?: "additive" | "dot" | "none";
  readonly start: number;
  readonly end: number;
}

/** A source as the decoder sees it. */
export interface Encoded {
  /** Outputs of the encoder `[batch, time, hiddenSize]`. */
  readonly keys: Tensor;
  /** What additive attention makes of them once; the keys themselves otherwise. */
  readonly prepared: Tensor;
  /** `[batch, time]`, true at real steps. */
  readonly mask: Tensor | undefined;
}

/** Where a decoder stands. */
export interface DecoderState extends Encoded {
  readonly layers: readonly CellState[];
  /** Output of its last step `[batch, hiddenSize]`; what it asks attention with. */
  readonly top: Tensor;
}

/**
 * Reads a sequence of tokens and writes another (Sutskever et al. 2014), looking back at what it read (Bahdanau et al. 2015):
 *
 *   context_t = attention(s_(t-1), encoder outputs)
 *   s_t       = decoder([embedding(y_(t-1)), context_t], s_(t-1)),   s_0 = last state of the encoder
 *   logits_t  = W [s_t, context_t] + b
 */
export class EncoderDecoder extends Module {
  readonly start: number;
  readonly end: number;
  readonly sourceEmbedding: Embedding;
  readonly targetEmbedding: Embedding;
  readonly encoder: Unrolled;
  readonly decoder: Unrolled;
  readonly attention: AdditiveAttention | "dot" | "none";
  readonly head: Linear;

  /** @throws CellError `option` */
  constructor(cell: Cell, options: EncoderDecoderOptions) {
    super();
    oneOf("EncoderDecoder", options, { attention: ["additive", "dot", "none"] });
    const { sourceVocabulary, targetVocabulary, embeddingSize, hiddenSize, layers = 1, attention = "additive" } = options;
    this.start = options.start;
    this.end = options.end;
    this.sourceEmbedding = new Embedding(sourceVocabulary, embeddingSize);
    this.targetEmbedding = new Embedding(targetVocabulary, embeddingSize);
    this.encoder = new Unrolled(cell, { inputSize: embeddingSize, hiddenSize, layers });
    const size = this.encoder.outputSize;
    const context = attention === "none" ? 0 : size;
    this.decoder = new Unrolled(cell, { inputSize: embeddingSize + context, hiddenSize, layers });
    this.attention =
      attention === "additive" ? new AdditiveAttention({ querySize: size, keySize: size, hiddenSize: size }) : attention;
    this.head = new Linear(size + context, targetVocabulary);
  }

  /**
   * Reads the source.
   *
   * @param source - `[batch, time]` int32
   * @param options - `lengths`, real tokens of each row; all when left out.
   */
  encode(source: Tensor, { lengths }: { readonly lengths?: Int32Array | undefined } = {}): DecoderState {
    if (source.rank !== 2)
      throw new CellError("shape", `EncoderDecoder: needs tokens [batch, time], got ${formatShape(source.shape)}`);
    const { output, last, state } = this.encoder.forward(this.sourceEmbedding.forward(source), { lengths });
    const mask = lengths && arange(source.shape[1] as number).less(fromTypedArray(lengths, [lengths.length, 1]));
    const prepared = this.attention instanceof AdditiveAttention ? this.attention.prepare(output, { mask }) : output;
    return { keys: output, prepared, mask, layers: state, top: last };
  }

  /** Writes one token: `tokens [batch]` int32, those before it, to `logits [batch, targetVocabulary]`; `weights [batch, time]` of attention. */
  step(
    tokens: Tensor,
    state: DecoderState,
  ): { readonly logits: Tensor; readonly state: DecoderState; readonly weights: Tensor | undefined } {
    const embedded = this.targetEmbedding.forward(tokens);
    const attended = this.#attend(state);
    const context = attended?.output.squeeze({ axis: 1 });
    const input = context === undefined ? embedded : concat([embedded, context], { axis: 1 });
    const run = this.decoder.forward(input.unsqueeze({ axis: 1 }), { state: state.layers });
    const logits = this.head.forward(context === undefined ? run.last : concat([run.last, context], { axis: 1 }));
    return { logits, state: { ...state, layers: run.state, top: run.last }, weights: attended?.weights.squeeze({ axis: 1 }) };
  }

  /**
   * Scores for every token of the targets, each after the true tokens before it (teacher forcing), or after the likeliest one of
   * the step before where a coin drawn from `rng` says so (Bengio et al. 2015).
   *
   * @param source - `[batch, time]` int32
   * @param targets - `[batch, steps]` int32, without start, with end.
   * @param options - `teacherForcing`, probability of a true token, default 1; `lengths` of the sources.
   * @returns `[batch, steps, targetVocabulary]`
   */
  forward(
    source: Tensor,
    targets: Tensor,
    { lengths, teacherForcing = 1 }: { readonly lengths?: Int32Array; readonly teacherForcing?: number } = {},
  ): Tensor {
    let state = this.encode(source, { lengths });
    let tokens: Tensor = full([source.shape[0] as number], this.start, { dtype: "int32" });
    const logits: Tensor[] = [];
    for (const target of targets.unstack({ axis: 1 })) {
      const next = this.step(tokens, state);
      logits.push(next.logits);
      state = next.state;
      const forced = teacherForcing === 1 || this.rng.uniform() < teacherForcing;
      tokens = forced ? target : next.logits.toDense().argmax({ axis: 1 });
    }
    return stack(logits, { axis: 1 });
  }

  /** The likeliest token at every step, for every row of `source [batch, time]`. */
  greedy(source: Tensor, { maxLength, lengths }: { readonly maxLength: number; readonly lengths?: Int32Array }): Hypothesis[] {
    return greedySearch(this.#tokens(), this.encode(source, { lengths }), { rows: source.shape[0] as number, maxLength });
  }

  /** The likeliest sequences for each row of `source [batch, time]`, best first. */
  beam(source: Tensor, { lengths, ...options }: BeamOptions & { readonly lengths?: Int32Array }): Hypothesis[][] {
    const model = this.#tokens();
    const state = this.encode(source, { lengths });
    return Array.from({ length: source.shape[0] as number }, (_, row) => {
      return beamSearch(model, model.select(state, fromTypedArray(Int32Array.of(row), [1])), options);
    });
  }

  #attend({ top, keys, prepared, mask }: DecoderState): Attended | undefined {
    if (this.attention === "none") return undefined;
    const query = top.unsqueeze({ axis: 1 });
    return this.attention === "dot"
      ? dotAttention(query, keys, keys, { mask })
      : this.attention.attend(query, prepared, keys, { mask });
  }

  #tokens(): TokenModel<DecoderState> {
    return {
      start: this.start,
      end: this.end,
      step: (tokens, state) => this.step(tokens, state),
      select: (state, rows) => {
        const pick = (x: Tensor): Tensor => x.take(rows, { axis: 0 });
        return {
          keys: pick(state.keys),
          prepared: pick(state.prepared),
          mask: state.mask && pick(state.mask),
          layers: state.layers.map((own) => mapState(own, pick)),
          top: pick(state.top),
        };
      },
    };
  }
}
