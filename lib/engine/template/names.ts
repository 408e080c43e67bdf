/** A plain map, or an empty one: what is written in a manifest may be anything before it is checked. */
export function recordOf(value: unknown): Record<string, unknown> {
  const isMap = value !== null && typeof value === "object" && !Array.isArray(value);
  return isMap ? (value as Record<string, unknown>) : {};
}

/** The names that expressions of a manifest may refer to, read from a text that may still be wrong elsewhere. */
export type Names = {
  parameters: Set<string>;
  outputs: Set<string>;
  components: Map<string, ComponentNames>;
};

export type ComponentNames = {
  outputs: Set<string>;
  secrets: Set<string>;
  /** Declared ports, or undefined when they are only known after evaluation or not declared at all. */
  ports: Set<number> | undefined;
};

export function namesOf(manifest: unknown): Names {
  const spec = recordOf(recordOf(manifest).spec);
  const pages = Array.isArray(spec.parameters) ? spec.parameters : [spec.parameters];
  const components = Object.entries(recordOf(spec.components)).map(
    ([name, component]): [string, ComponentNames] => [name, componentNames(recordOf(component))],
  );
  return {
    parameters: new Set(pages.flatMap((page) => Object.keys(recordOf(recordOf(page).properties)))),
    outputs: new Set(Object.keys(recordOf(spec.outputs))),
    components: new Map(components),
  };
}

function componentNames(component: Record<string, unknown>): ComponentNames {
  return {
    outputs: new Set(Object.keys(recordOf(component.outputs))),
    secrets: new Set(Object.keys(recordOf(component.secrets))),
    ports: declaredPorts(component),
  };
}

function declaredPorts(component: Record<string, unknown>): Set<number> | undefined {
  const container = recordOf(component.container);
  const declared = [container.ports, container.expose, recordOf(component.process).ports].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  if (declared.length === 0) return undefined;
  const ports = declared.map((port) => containerPortOf(port));
  return ports.some(Number.isNaN) ? undefined : new Set(ports);
}

/** The port inside the container of "8080", 8080, "80:8080" or "8080/udp"; NaN for an expression. */
export function containerPortOf(mapping: unknown): number {
  const last = String(mapping).split(":").at(-1) ?? "";
  return /^\d+(\/(tcp|udp))?$/.test(last) ? Number.parseInt(last, 10) : Number.NaN;
}
