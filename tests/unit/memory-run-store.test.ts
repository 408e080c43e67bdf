import { ManualClock } from "../support/memory-engine/manual-clock";
import { MemoryRunStore } from "../support/memory-engine/memory-run-store";
import { chainOf, describeRunStore } from "../support/run-store-contract";

const clock = new ManualClock();
const store = new MemoryRunStore(clock);
let environments = 0;

describeRunStore("the store in memory", () => ({
  store,
  start: async (components) => {
    environments += 1;
    return store.createRun({
      environmentId: `env_${environments}`,
      kind: "create",
      steps: chainOf(components, null),
    });
  },
  cancel: async (runId) => store.requestCancel(runId),
  resume: async (runId) => store.resumeRun(runId),
  pass: (ms) => clock.advance(ms),
  now: () => clock.now(),
  see: async (runId) => {
    const { status, environmentId } = store.run(runId);
    const resources = [...store.resources.values()].filter((one) => one.environmentId === environmentId);
    return { status, steps: store.listSteps(runId), resources: resources.map((one) => one.component) };
  },
}));
