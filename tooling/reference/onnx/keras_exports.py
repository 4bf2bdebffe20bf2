"""Writes packages/serialize/fixtures/onnx/keras: what tf2onnx makes of recurrent Keras models, and what Keras gives for them.

Files as in torch_exports.py, beside this one. Made with TensorFlow 2.16, Keras 3 and tf2onnx 1.16. Run from the repository root.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers
from safetensors.numpy import save_file

folder = Path("packages/serialize/fixtures/onnx/keras")
folder.mkdir(parents=True, exist_ok=True)
opset = 15


def export(case, model, runs, dtype=tf.float32):
    rng = np.random.default_rng(sum(map(ord, case)))
    model.set_weights([rng.normal(0, 0.5, weight.shape).astype(weight.dtype) for weight in model.get_weights()])
    shape = [None, None, *runs[0].shape[2:]]
    predict = tf.function(lambda x: model(x, training=False))
    path = str(folder / f"{case}-{opset}.onnx")
    proto, _ = tf2onnx.convert.from_function(predict, input_signature=[tf.TensorSpec(shape, dtype, name="x")], opset=opset, output_path=path)
    saved = {}
    for index, x in enumerate(runs):
        saved[f"{index}.x"] = x
        saved[f"{index}.{proto.graph.output[0].name}"] = model(x, training=False).numpy()
    save_file(saved, folder / f"{case}.run.safetensors")


draw = np.random.default_rng(1).normal
series = [draw(size=shape).astype(np.float32) for shape in [(2, 4, 3), (3, 7, 3)]]
classifier = lambda cell: keras.Sequential([keras.Input((None, 3)), cell, layers.Dense(2, activation="softmax")])
export("lstm-classifier", classifier(layers.LSTM(4)), series)
export("gru-classifier", classifier(layers.GRU(4)), series)
export("gru-reset-before", classifier(layers.GRU(4, reset_after=False)), series)
export("rnn-classifier", classifier(layers.SimpleRNN(4, activation="relu")), series)
export(
    "bidirectional-tagger",
    keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.Conv1D(4, 3, padding="same", activation="relu"),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.LayerNormalization(),
            layers.Dense(2),
        ]
    ),
    series,
)
tokens = [np.array(rows, np.int32) for rows in [[[1, 2, 3, 0], [4, 5, 0, 0]], [[6, 1, 2, 3, 4, 0], [1, 0, 0, 0, 0, 0], [2, 2, 2, 2, 2, 2]]]]
export(
    "masked-classifier",
    keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(7, 3, mask_zero=True), layers.GRU(4), layers.Dense(2)]),
    tokens,
    tf.int32,
)
