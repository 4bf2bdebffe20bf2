import { readNames, type RecordedGraph, type RecordedNode } from "./recorded-graph.js";

/** A graph inside a node, and the nodes that need not be in it, as they give the same each time. */
export interface HoistedGraph {
  readonly outside: readonly RecordedNode[];
  readonly inside: RecordedGraph;
}

/** Takes out of a loop's body what follows from nothing that changes. */
export function hoistInvariants(body: RecordedGraph): HoistedGraph {
  const changing = new Set(body.inputs.map(({ name }) => name));
  const results = new Set(body.outputs.map(({ name }) => name));
  const outside: RecordedNode[] = [];
  const nodes = body.nodes.filter((node) => {
    // A body gives its results itself.
    const stays = readNames(node).some((name) => changing.has(name)) || node.outputs.some((name) => results.has(name));
    if (stays) for (const name of node.outputs) changing.add(name);
    else outside.push(node);
    return stays;
  });
  return { outside, inside: { ...body, nodes } };
}
