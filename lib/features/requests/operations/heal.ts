import { type Operation, ordinary } from "./operation";

/** What monitoring does by itself to a component that is dead or unhealthy. Incidents tell of it. */
export const heal = {
  ...ordinary,
  body: null,
  words: {
    label: "Heal",
    command: "Heal",
    doing: "Healing",
    progress: "Healing environment",
    ended: " is healed",
    past: "Healed",
    noun: "Healing",
  },
  work: { plan: "own" },
  statusDuring: null,
  statusAfter: null,
  besideChanges: true,
  tellsOwnerOfFailure: false,
} as const satisfies Operation;
