import type { Backend, Storage } from "./backend.js";
import type { DType } from "./dtype.js";
import { fail } from "./error.js";
import { kernelNames } from "./primitives/table.js";
import { referenceBackend } from "./reference/backend.js";

interface Context {
  backend: Backend;
  /** Open scopes, innermost last: what each one frees. Arrays, as nearly every operation adds to one and few things leave again. */
  readonly scopes: Storage[][];
}

// One context for a program, even where two copies of this package meet; the number is the version of its layout.
const key = Symbol.for("@unroll/tensor/context/2");
let known: Context | undefined;

function context(): Context {
  const holder = globalThis as { [key]?: Context };
  return (known ??= holder[key] ??= { backend: referenceBackend, scopes: [] });
}

/** The backend on which new tensors are made; the reference backend until another one is selected. */
export function currentBackend(): Backend {
  return context().backend;
}

/**
 * Makes `backend` the one on which new tensors are made, and returns the one before it.
 *
 * @throws TensorError `backend` when it lacks the kernel of a primitive.
 */
export function setBackend(backend: Backend): Backend {
  const missing = kernelNames.filter((name) => typeof backend.kernels[name] !== "function");
  if (missing.length > 0)
    fail("backend", `backend ${backend.name}: needs a kernel for ${missing.join(", ")}; see referenceKernels`);
  const before = context().backend;
  context().backend = backend;
  return before;
}

/** Runs `run` with another backend for new tensors. */
export function withBackend<R>(backend: Backend, run: () => R): R {
  const before = setBackend(backend);
  try {
    return run();
  } finally {
    context().backend = before;
  }
}

/** A block for a new tensor, on `backend` where it has the dtype, else on the reference backend; owned by the innermost scope. */
export function allocate(backend: Backend, dtype: DType, length: number): Storage {
  const storage = (backend.dtypes.includes(dtype) ? backend : referenceBackend).allocate(dtype, length);
  giveToScope(storage);
  return storage;
}

/** Lets the innermost scope free a block, or nobody. */
export function giveToScope(storage: Storage): void {
  const { scopes } = context();
  const innermost = scopes[scopes.length - 1];
  if (innermost === undefined) storage.leaveScopes?.();
  else innermost.push(storage);
}

/** The stack of open scopes, innermost last. */
export function openScopes(): Storage[][] {
  return context().scopes;
}
