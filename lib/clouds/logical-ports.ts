/**
 * Ports that a component's implementation block names, as the component itself knows them: `ports` ("8080", 8080,
 * "80:8080/tcp") in their order, then `expose`.
 */
export function logicalPorts(spec: Record<string, unknown>): string[] {
  const listed = [spec.ports, spec.expose].flatMap((value) => (Array.isArray(value) ? value : []));
  return listed.map((port) => String(port).split(":").at(-1)?.replace(/\/.*/, "") ?? "80");
}
