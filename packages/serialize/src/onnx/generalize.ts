import { commonConstant, differ } from "./common-constant.js";
import { extentOf, type AxisLengths } from "./extent.js";
import {
  isGraph,
  readNames,
  type Constant,
  type GraphValue,
  type NodeAttributes,
  type RecordedGraph,
  type RecordedModel,
  type RecordedNode,
} from "./recorded-graph.js";
import { SizeNodes, type AxisSource } from "./size-nodes.js";

/** At which lengths a model was traced, and where each axis can be read from. */
export interface Samples {
  /** As {@link extentOf} wants them. */
  readonly lengths: readonly AxisLengths[];
  readonly sources: Readonly<Record<string, AxisSource>>;
}

/**
 * One model out of its traces at several lengths: the same nodes each time, and where a number differs, what computes it from the
 * shapes of the inputs.
 *
 * @throws SerializeError `value` where the traces have nothing in common at some place
 */
export function generalize(models: readonly RecordedModel[], samples: Samples): RecordedModel {
  const [first] = models as readonly [RecordedModel];
  const graph = commonGraph(models, samples.lengths);
  const sizes = new SizeNodes(samples.sources);
  const constants = new Map<string, Constant>();
  for (const name of new Set(graph.nodes.flatMap(readNames))) {
    const seen = models.map((model) => model.constants.get(name));
    if (!first.constants.has(name)) continue;
    const same = commonConstant(name, seen as Constant[], { lengths: samples.lengths, sizes });
    if (same !== undefined) constants.set(name, same);
  }
  return { ...graph, nodes: [...sizes.nodes, ...graph.nodes], constants: new Map([...constants, ...sizes.constants]) };
}

function commonGraph(graphs: readonly RecordedGraph[], lengths: readonly AxisLengths[]): RecordedGraph {
  const [first] = graphs as readonly [RecordedGraph];
  const nodes = first.nodes.map((node, index) =>
    commonNode(node, { others: graphs.map((graph) => graph.nodes[index]), lengths }),
  );
  if (graphs.some((graph) => graph.nodes.length !== nodes.length)) differ("the number of operations");
  const values = (of: (graph: RecordedGraph) => readonly GraphValue[]): GraphValue[] =>
    of(first).map((value, index) => commonValue(value, { seen: graphs.map((graph) => of(graph)[index]), lengths }));
  return { nodes, inputs: values(({ inputs }) => inputs), outputs: values(({ outputs }) => outputs) };
}

interface Others<T> {
  readonly others: readonly (T | undefined)[];
  readonly lengths: readonly AxisLengths[];
}

function commonNode(node: RecordedNode, { others, lengths }: Others<RecordedNode>): RecordedNode {
  const attributes = Object.entries(node.attributes).map(([name, value]): [string, NodeAttributes[string]] => {
    const seen = others.map((other) => other?.attributes[name]);
    if (isGraph(value)) return [name, commonGraph(seen as RecordedGraph[], lengths)];
    if (typeof value === "object" && "$typeName" in value) return [name, value];
    if (seen.some((other) => JSON.stringify(other) !== JSON.stringify(value))) differ(`${name} of ${node.opType}`);
    return [name, value];
  });
  const wiring = ({ opType, inputs, outputs }: RecordedNode): string => JSON.stringify([opType, inputs, outputs]);
  const different = others.find((other) => other === undefined || wiring(other) !== wiring(node));
  if (others.includes(undefined) || different !== undefined) differ(`${node.opType} and ${different?.opType ?? "nothing"}`);
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function commonValue(
  value: GraphValue,
  { seen, lengths }: { readonly seen: readonly (GraphValue | undefined)[]; readonly lengths: readonly AxisLengths[] },
): GraphValue {
  const shape = value.shape.map((_, axis) => {
    const extent = extentOf(
      seen.map((other) => other?.shape[axis] as number),
      lengths,
    );
    if (extent === undefined || extent.axes.length === 0) return extent?.offset;
    return extent.axes.length === 1 && extent.factor === 1 && extent.offset === 0 ? extent.axes[0] : undefined;
  });
  return { ...value, shape };
}
