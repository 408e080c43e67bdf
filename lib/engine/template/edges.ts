import { ExpressionError, referencesOf } from "../expressions";
import { Graph } from "../graph";
import { recordOf } from "./names";
import type { Component, ComponentEdge, Manifest } from "./types";

/** Manifests don't change, and every run of a version asks for the same ones. */
const known = new WeakMap<Manifest, readonly ComponentEdge[]>();

/**
 * The orders between components: one edge for each component that another one refers to in an expression or
 * names in `requires`. Edges to unknown components are left out; `parseManifest` has reported them.
 */
export function componentEdges(manifest: Manifest): readonly ComponentEdge[] {
  const found = known.get(manifest);
  if (found) return found;
  const edges = edgesOfComponents(manifest.spec.components);
  known.set(manifest, edges);
  return edges;
}

/** As `componentEdges`, for components that may still be wrong elsewhere. */
export function edgesOfComponents(components: Record<string, unknown>): ComponentEdge[] {
  return Object.entries(components).flatMap(([from, component]) => {
    const edges = new Map<string, ComponentEdge>();
    const add = (to: unknown, kind: ComponentEdge["kind"]) => {
      if (typeof to !== "string" || !Object.hasOwn(components, to) || edges.has(to)) return;
      edges.set(to, { from, to, kind });
    };
    for (const reference of readableReferences(component)) {
      if (reference.root === "components") add(reference.path[0], "reference");
    }
    const { requires } = recordOf(component);
    if (Array.isArray(requires)) for (const name of requires) add(name, "requires");
    return [...edges.values()];
  });
}

function readableReferences(component: unknown) {
  return Object.values(recordOf(component)).flatMap((part) => {
    try {
      return referencesOf(part);
    } catch (error) {
      // A text that cannot be parsed has its own problem; it has no references to order by.
      if (error instanceof ExpressionError) return [];
      throw error;
    }
  });
}

/** Components as a graph whose edges run from what is needed to what needs it: the order of creation. */
export function componentGraph(manifest: Manifest): Graph<Component> {
  const graph = new Graph<Component>();
  for (const [name, component] of Object.entries(manifest.spec.components)) graph.addNode(name, component);
  for (const { from, to } of componentEdges(manifest)) graph.addEdge(to, from);
  return graph;
}
