export { look } from "./check";
export { listIncidents, metricsOf } from "./queries";
export { recordHealth } from "./record-health";
export { type ComponentState, noHistory } from "./rules";
export { checkBatch, checkLiveness, livenessTick, monitoringTick } from "./tick";
