import type { World } from "../../support/world";

const simulated = { container: { image: "x" } };

/** 20 components in four linked layers of five. */
export function layered(): Record<string, unknown> {
  const components: Record<string, unknown> = {};
  for (let layer = 0; layer < 4; layer += 1) {
    for (let index = 0; index < 5; index += 1) {
      const above = layer > 0 ? { ABOVE: `\${{ components["l${layer - 1}-${index}"].host }}` } : {};
      components[`l${layer}-${index}`] = { container: { image: "x", environment: above } };
    }
  }
  return components;
}

const server =
  "require('http').createServer((q,s)=>s.end(process.env.ABOVE||'top')).listen(process.env.PORT,'127.0.0.1')";

/** Two real processes, the second linked to the first. */
function real(): Record<string, unknown> {
  const process = (above?: string) => ({
    process: {
      program: "node",
      args: ["-e", server],
      ports: [8080],
      environment: above ? { ABOVE: above } : {},
    },
    health: { http: "/", interval: "1s", timeout: "2s" },
  });
  return { top: process(), below: process("${{ components.top.url }}") };
}

/** Components the simulated cloud kills the worker at: before the outside call, after it, and when looked at. */
export const crashFaults = [
  { call: "apply", component: "crash-before", effect: "crash", when: "before", times: 1 },
  { call: "apply", component: "crash-after", effect: "crash", when: "after", times: 1 },
  { call: "apply", component: "crash-twice", effect: "crash", when: "after", times: 1 },
  { call: "observe", component: "crash-twice", effect: "crash", when: "before", times: 1 },
  { call: "apply", component: "l1-1", effect: "retryable", when: "before", times: 1 },
  { call: "apply", component: "l2-2", effect: "unknown", when: "after", times: 1 },
];

export async function publishAll(world: World): Promise<void> {
  await world.publish("layered", layered());
  await world.publish("crashing", {
    "crash-before": simulated,
    "crash-after": simulated,
    "crash-twice": { ...simulated, requires: ["crash-after"] },
  });
  await world.publish("real", real());
}
