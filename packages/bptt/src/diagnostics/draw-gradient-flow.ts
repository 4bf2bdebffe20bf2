import { drawPanels, type PanelSize } from "./draw-panels.js";
import type { GradientFlow, LayerFlow } from "./gradient-flow.js";

/**
 * Draws reports of `gradientFlow` side by side: for each layer the norm of the gradient of the loss for its first state at
 * each time step, on one logarithmic scale, and below it what its gates do.
 *
 * @param flows - Reports by title.
 */
export function drawGradientFlow(flows: Readonly<Record<string, GradientFlow>>, size: PanelSize = {}): string {
  const named = Object.entries(flows);
  const depth = Math.max(...named.map(([, { layers }]) => layers.length));
  const pictures = Array.from({ length: depth }, (_, index) => {
    const layers = named.flatMap(([title, flow]) => {
      const layer = flow.layers[index];
      return layer === undefined ? [] : [{ title, layer }];
    });
    const panels = layers.map(({ title, layer }) => {
      const [state = "h", values = []] = Object.entries(layer.state)[0] ?? [];
      return { title: `${title}, ${layer.name}: |dL/d${state}| over time`, values };
    });
    const notes = layers.map(({ title, layer }) => {
      const names = [...new Set([...Object.keys(layer.gates), ...Object.keys(layer.spectralRadius)])];
      return `${title}, ${layer.name}: ${names.map((gate) => describeGate(gate, layer)).join("; ")}`;
    });
    return [drawPanels(panels, size), ...notes].join("\n");
  });
  return pictures.join("\n\n");
}

function describeGate(gate: string, { gates, spectralRadius }: LayerFlow): string {
  const saturation = gates[gate]?.saturation;
  const radius = spectralRadius[gate];
  const share = saturation && saturation.reduce((sum, step) => sum + step, 0) / saturation.length;
  const facts = [
    ...(share === undefined ? [] : [`${(100 * share).toFixed(0)}% saturated`]),
    ...(radius === undefined ? [] : [`radius ${radius.toFixed(2)}`]),
  ];
  return `${gate} ${facts.join(", ")}`;
}
