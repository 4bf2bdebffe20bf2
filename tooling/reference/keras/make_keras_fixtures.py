"""Writes packages/serialize/fixtures/keras: small models that Keras saved, and what they give.

For each case: <case>.keras or .weights.h5 and <case>.run.safetensors with inputs and outputs by name. Weights are random, so that
swapped gates show; masks have holes at the start, in the middle and at the end. Run from the repository root:

    python3 -m venv /somewhere && /somewhere/bin/pip install keras==3.15.1 jax==0.10.2 h5py==3.16.0 safetensors
    /somewhere/bin/python tooling/reference/keras/make_keras_fixtures.py [CASE…]

The case first-release comes from the same script under keras==3.0.5 and dm-tree.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

from pathlib import Path

import jax
import keras
import numpy as np
from keras import layers as L
from safetensors.numpy import save_file

folder = Path("packages/serialize/fixtures/keras")
only = sys.argv[1:]
folder.mkdir(parents=True, exist_ok=True)
B, T, I, H = 3, 6, 2, 3


def random(case):
    return np.random.default_rng(sum(ord(letter) * (index + 1) for index, letter in enumerate(case)))


def series(rng, *shape):
    return rng.normal(0, 0.8, shape).astype(np.float32)


def tokens(rng):
    """Indices 1..6, padded with 0 at the end, at the start and in the middle."""
    rows = rng.integers(1, 7, (B, T)).astype(np.int32)
    rows[0, 4:] = 0
    rows[1, :2] = 0
    rows[2, 3] = 0
    return rows


def outputs_of(model, inputs):
    if isinstance(inputs, dict):
        given = model(inputs)
    else:
        given = model([keras.ops.convert_to_tensor(value) for value in inputs] if len(inputs) > 1 else inputs[0])
    return [np.asarray(value) for value in jax.tree_util.tree_leaves(given)]


def save(case, model, inputs, suffix="keras", calls=1):
    if only and case not in only:
        return
    rng = random(case)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.6, variable.shape))
    if suffix == "weights.h5":
        model.save_weights(folder / f"{case}.weights.h5")
    else:
        model.save(folder / f"{case}.{suffix}")
    values = inputs.values() if isinstance(inputs, dict) else inputs
    run = {f"input.{index}": value for index, value in enumerate(values)}
    for call in range(calls):
        for index, value in enumerate(outputs_of(model, inputs)):
            run[f"output.{call * 100 + index}"] = value
    save_file({name: np.ascontiguousarray(value) for name, value in run.items()}, folder / f"{case}.run.safetensors")


def sequence(case, *layers, **options):
    keras.backend.clear_session()
    save(case, keras.Sequential([L.Input((T, I)), *layers]), [series(random(case), B, T, I)], **options)


def text(case, *layers, **options):
    keras.backend.clear_session()
    model = keras.Sequential([L.Input((T,), dtype="int32"), L.Embedding(7, I, mask_zero=True), *layers])
    save(case, model, [tokens(random(case))], **options)


# A file of the first release, which leaves out what came later.
if keras.__version__ == "3.0.5":
    text("first-release", L.Bidirectional(L.LSTM(H, return_sequences=True)), L.GRU(H), L.LayerNormalization(), L.Dense(2))
    sys.exit()

# One layer each, every step of the output. Under a mask a padded step repeats the output before it.
sequence("rnn", L.SimpleRNN(H, return_sequences=True))
sequence("rnn-relu-no-bias", L.SimpleRNN(H, activation="relu", use_bias=False, return_sequences=True))
sequence("rnn-softsign", L.SimpleRNN(H, activation="softsign", return_sequences=True))
text("lstm-mask", L.LSTM(H, return_sequences=True))
text("lstm-zero-output", L.LSTM(H, return_sequences=True, zero_output_for_mask=True))
sequence("lstm-no-bias", L.LSTM(H, use_bias=False, return_sequences=True))
sequence("lstm-hard-sigmoid", L.LSTM(H, recurrent_activation="hard_sigmoid", return_sequences=True))
text("lstm-relu", L.LSTM(H, activation="relu", recurrent_activation="softsign", return_sequences=True))
text("gru-mask", L.GRU(H, return_sequences=True))
text("gru-reset-before", L.GRU(H, reset_after=False, return_sequences=True))
sequence("gru-no-bias", L.GRU(H, use_bias=False, return_sequences=True))
sequence("gru-hard-sigmoid", L.GRU(H, recurrent_activation="hard_sigmoid", return_sequences=True))
sequence("gru-elu", L.GRU(H, activation="elu", recurrent_activation="hard_sigmoid", return_sequences=True))
sequence("gru-elu-reset-before", L.GRU(H, activation="elu", reset_after=False, return_sequences=True))
text("lstm-backwards", L.LSTM(H, go_backwards=True, return_sequences=True), L.GRU(H))
text("gru-backwards-last", L.GRU(H, go_backwards=True))

for merge in ["concat", "sum", "mul", "ave", None]:
    text(f"bidirectional-{merge or 'none'}", L.Bidirectional(L.LSTM(H, return_sequences=True), merge_mode=merge))
text("bidirectional-gru-last", L.Bidirectional(L.GRU(H), merge_mode="sum"))
text("bidirectional-last-none", L.Bidirectional(L.GRU(H, reset_after=False), merge_mode=None))

# Stacks.
sequence(
    "forecaster",
    L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu"),
    L.LSTM(4, return_sequences=True, dropout=0.2),
    L.Dropout(0.1),
    L.LayerNormalization(),
    L.GRU(H),
    L.Dense(2),
)
sequence(
    "autoencoder",
    L.Masking(),
    L.LSTM(H),
    L.RepeatVector(T),
    L.LSTM(H, return_sequences=True),
    L.TimeDistributed(L.Dense(I, activation="tanh")),
    L.LayerNormalization(scale=False),
    L.LayerNormalization(center=False, epsilon=0.01),
)
sequence("conv-pool", L.Conv1D(4, 2, strides=2, activation="gelu"), L.MaxPooling1D(2), L.Flatten(), L.Dense(2, activation="softmax"))
sequence("conv-same", L.Conv1D(4, 4, padding="same", use_bias=False), L.AveragePooling1D(3, strides=1), L.GlobalMaxPooling1D())
text("masked-average", L.SpatialDropout1D(0.3), L.Dense(4, activation="silu"), L.GlobalAveragePooling1D())
sequence("steps", L.TimeDistributed(L.Reshape((I, 1))), L.TimeDistributed(L.LSTM(H)), L.Permute((2, 1)), L.Reshape((-1, 2)))
sequence("inner-model", keras.Sequential([L.Input((T, I)), L.GRU(H, return_sequences=True), L.Dense(2)]), L.SimpleRNN(H), L.Dense(1))

keras.backend.clear_session()
stateful = keras.Sequential([L.Input(batch_shape=(B, T, I)), L.LSTM(H, stateful=True, return_sequences=True), L.GRU(H, stateful=True)])
save("stateful", stateful, [series(random("stateful"), B, T, I)], calls=3)

# Graphs.
keras.backend.clear_session()
source = L.Input((T,), dtype="int32", name="source")
target = L.Input((T, I), name="target")
encoded, h, c = L.LSTM(H, return_state=True, name="encoder")(L.Embedding(7, I, mask_zero=True)(source))
decoded = L.LSTM(H, return_sequences=True, name="decoder")(target, initial_state=[h, c])
joined = L.Concatenate()([decoded, target])
encoder_decoder = keras.Model([source, target], [L.Dense(2, activation="softmax", name="head")(joined), h, c])
save("encoder-decoder", encoder_decoder, [tokens(random("encoder-decoder")), series(random("encoder-decoder"), B, T, I)])

keras.backend.clear_session()
first, second = L.Input((T, I), name="first"), L.Input((4,), name="second")
summed = L.GRU(H)(first) * 2.0 + L.Dense(H)(second)
save("named", keras.Model({"first": first, "second": second}, {"left": L.Dense(1)(summed), "right": L.Dense(2)(summed)}),
     {"first": series(random("first"), B, T, I), "second": series(random("second"), B, 4)})  # fmt: skip

keras.backend.clear_session()
source = L.Input((T,), dtype="int32")
embedded = L.Embedding(7, I, mask_zero=True)(source)
both = L.Bidirectional(L.LSTM(H, return_sequences=True))(embedded)
again = L.GRU(H, return_sequences=True)(L.Dropout(0.1)(both))
features = L.LSTM(2)(L.Concatenate()([again, both]))
times = L.LSTM(2)(L.Concatenate(axis=1)([embedded, L.Embedding(7, I)(source) * 0.5]))
added = L.LSTM(2)(L.Add()([again, again]))
by_hand = L.GRU(2)(L.SimpleRNN(2, return_sequences=True)(embedded, mask=keras.ops.not_equal(source, 3)))
mean = L.GlobalAveragePooling1D()(again)
masks = keras.Model(source, [again, features, times, added, by_hand, mean])
save("masks", masks, [tokens(random("masks"))])

keras.backend.clear_session()
source, start = L.Input((T,), dtype="int32"), L.Input((H,))
embedded = L.Embedding(7, I, mask_zero=True)(source)
# Keras hands a mask on by itself only where the sequence is the one tensor that goes in.
unmasked = L.SimpleRNN(H, return_sequences=True)(embedded, initial_state=start)
masked = L.GRU(H)(embedded, initial_state=start, mask=keras.ops.not_equal(source, 0))
rows = tokens(random("started"))
rows[0] = 0
started = keras.Model([source, start], [unmasked, L.GRU(2)(unmasked), masked])
save("started", started, [rows, series(random("start"), B, H)])

keras.backend.clear_session()
left, right = L.Input((T, I)), L.Input((T, I))
shared = L.Bidirectional(L.GRU(H, return_state=True))
(a, *_), (b, *states) = shared(left), shared(right)
merged = [layer()([a, b]) for layer in (L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum)]
siamese = keras.Model([left, right], [L.Concatenate(axis=1)([L.Reshape((1, -1))(m) for m in merged]), *states])
save("siamese", siamese, [series(random("left"), B, T, I), series(random("right"), B, T, I)])

keras.backend.clear_session()
names = (
    "linear relu relu6 leaky_relu elu selu softplus softsign silu hard_silu gelu exponential mish tanh hard_tanh sigmoid hard_sigmoid "
    "log_sigmoid softmax log_softmax"
).split()
x = L.Input((8,))
layers = [L.Activation(name) for name in names] + [L.ReLU(max_value=1.5, negative_slope=0.1), L.LeakyReLU(), L.ELU(0.7), L.Softmax()]
save("activations", keras.Model(x, [layer(x) for layer in layers]), [random("activations").normal(0, 3, (B, 8)).astype(np.float32)])

# Weights alone.
text("classifier", L.Bidirectional(L.LSTM(H, return_sequences=True)), L.GRU(H), L.LayerNormalization(), L.Dense(2), suffix="weights.h5")
text("classifier", L.Bidirectional(L.LSTM(H, return_sequences=True)), L.GRU(H), L.LayerNormalization(), L.Dense(2))
sequence("unsupported", L.GRU(H, return_sequences=True), L.BatchNormalization(), L.SeparableConv1D(2, 2))
