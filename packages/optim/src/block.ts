import type { Named } from "./optimizer.js";

/**
 * Elements of a block at most. In float32 a quarter of a mebibyte: what a step makes on the way stays in the cache. Larger
 * parameters gain nothing by joining.
 */
export const mostJoined = 65_536;

/** Parameters that take their step together, under the same settings. */
export interface Block<O> {
  readonly settings: O;
  readonly names: readonly string[];
}

/**
 * Puts parameters that have a gradient into blocks of equal settings and dtypes, of at most so many elements each; a parameter
 * that is larger stands alone.
 *
 * @param settingsOf - gives the same object for equal settings.
 */
export function blocksOf<O extends object>(
  { parameters, gradients }: { readonly parameters: Named; readonly gradients: Named },
  settingsOf: (name: string) => O,
  { mostElements }: { readonly mostElements: number },
): Block<O>[] {
  const blocks: { readonly settings: O; readonly dtypes: string; readonly names: string[]; size: number }[] = [];
  for (const [name, { size, dtype }] of Object.entries(parameters)) {
    const gradient = gradients[name];
    if (gradient === undefined) continue;
    const settings = settingsOf(name);
    const dtypes = `${dtype} ${gradient.dtype}`;
    const block = blocks.find(
      (other) => other.settings === settings && other.dtypes === dtypes && other.size + size <= mostElements,
    );
    if (block === undefined) {
      blocks.push({ settings, dtypes, names: [name], size });
    } else {
      block.names.push(name);
      block.size += size;
    }
  }
  return blocks;
}
