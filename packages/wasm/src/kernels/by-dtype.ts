import { DenseTensor, promote, type CastAttributes, type DType, type Kernel, type Storage } from "@unroll/tensor";

/** Kernels for operands of one dtype each. */
export type KernelsByDType<A> = Readonly<Partial<Record<DType, Kernel<A>>>> & { readonly float32: Kernel<A> };

/** What {@link byDType} has to know besides. */
export interface ByDTypeOptions {
  /** The operand that keeps its dtype: a mask, or indices. */
  readonly apart?: number;
  /** Whether the kernels write bool from any operands, as comparisons do. */
  readonly predicate?: boolean;
}

/**
 * The kernel for the dtype that holds all operands or, where there is none, for the next one in the order bool, int32, float32.
 * Operands of other dtypes are cast to it for the call; a result that should be bool, and is not, is cast back.
 */
export function byDType<A>(
  cast: Kernel<CastAttributes>,
  kernels: KernelsByDType<A>,
  { apart, predicate = false }: ByDTypeOptions = {},
): Kernel<A> {
  const ofIntegers = kernels.int32 === undefined ? "float32" : "int32";
  const ofBools = kernels.bool === undefined ? ofIntegers : "bool";
  const takes = (input: DenseTensor, index: number, dtype: DType): boolean => index === apart || input.dtype === dtype;
  const runCast: Kernel<A> = (inputs, output, attributes) => {
    const held = inputs.reduce<DType>((all, input, index) => (index === apart ? all : promote(all, input.dtype)), "bool");
    const dtype = held === "bool" ? ofBools : held === "int32" ? ofIntegers : "float32";
    const kernel = kernels[dtype] as Kernel<A>;
    const made: Storage[] = [];
    const make = ({ storage, shape, size, interpreter }: DenseTensor): DenseTensor => {
      const block = storage.backend.allocate(dtype, size);
      made.push(block);
      return new DenseTensor(block, { shape }, interpreter);
    };
    try {
      const operands = inputs.map((input, index) => {
        if (takes(input, index, dtype)) return input;
        const converted = make(input);
        cast([input], converted, { dtype });
        return converted;
      });
      if (predicate || output.dtype !== "bool") return kernel(operands, output, attributes);
      const result = make(output);
      kernel(operands, result, attributes);
      cast([result], output, { dtype: "bool" });
    } finally {
      for (const block of made) block.dispose();
    }
  };
  return (inputs, output, attributes) => {
    const { dtype } = inputs[apart === 0 ? 1 : 0] as DenseTensor;
    const kernel = kernels[dtype];
    let run = kernel ?? runCast;
    for (let index = 0; index < inputs.length; index++) if (!takes(inputs[index] as DenseTensor, index, dtype)) run = runCast;
    run(inputs, output, attributes);
  };
}
