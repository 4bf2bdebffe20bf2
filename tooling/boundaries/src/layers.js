/** The packages from the top to the bottom: an arrow may only point down this list. */
export const layers = ["bptt", "data", "serialize", "optim", "cells", "nn", "compile", "autograd", "wasm", "tensor"];
