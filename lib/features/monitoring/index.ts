export { look } from "./check";
export { listIncidents, metricsOf } from "./queries";
export { recordHealth } from "./record-health";
export { type ComponentState, noHistory } from "./rules";
export { deleteOldSamples, thinSamples } from "./store-aging";
export { checkBatch, checkLiveness, livenessTick, monitoringTick } from "./tick";
