import { Graph } from "@/lib/kernel/graph";
import { ExpressionError, referencesOf } from "../expressions";
import { recordOf } from "./names";
import type { ComponentEdge, Manifest } from "./types";

/** Manifests don't change, and every run of a version asks for the same one. */
const known = new WeakMap<Manifest, Graph<string>>();

/** Components as a graph whose edges run from what is needed to what needs it: the order of creation. */
export function componentGraph(manifest: Manifest): Graph<string> {
  const found = known.get(manifest);
  if (found) return found;
  const { components } = manifest.spec;
  const edges = edgesOfComponents(components).map(({ from, to }) => ({ before: to, after: from }));
  const graph = Graph.ofEdges(Object.keys(components), edges);
  known.set(manifest, graph);
  return graph;
}

/**
 * The orders between components, which may still be wrong elsewhere: one edge for each component that another one refers
 * to in an expression or names in `requires`. Edges to unknown components are left out; `parseManifest` reports them.
 */
export function edgesOfComponents(components: Record<string, unknown>): ComponentEdge[] {
  return Object.entries(components).flatMap(([from, component]) => {
    const needed = new Set<string>();
    const add = (to: unknown) => {
      if (typeof to === "string" && Object.hasOwn(components, to)) needed.add(to);
    };
    for (const reference of readableReferences(component)) {
      if (reference.root === "components") add(reference.path[0]);
    }
    const { requires } = recordOf(component);
    if (Array.isArray(requires)) for (const name of requires) add(name);
    return [...needed].map((to) => ({ from, to }));
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
