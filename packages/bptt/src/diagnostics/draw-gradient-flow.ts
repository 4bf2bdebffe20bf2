import { drawPanels, type PanelSize } from "./draw-panels.js";
import type { GradientFlow } from "./gradient-flow.js";

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
      const gates = Object.entries(layer.gates).map(([gate, { saturation, spectralRadius }]) => {
        const saturated = saturation.reduce((sum, share) => sum + share, 0) / Math.max(1, saturation.length);
        const radius = spectralRadius === undefined ? "" : `, radius ${spectralRadius.toFixed(2)}`;
        return `${gate} ${(100 * saturated).toFixed(0)}% saturated${radius}`;
      });
      return `${title}, ${layer.name}: ${gates.join("; ")}`;
    });
    return [drawPanels(panels, size), ...notes].join("\n");
  });
  return pictures.join("\n\n");
}
