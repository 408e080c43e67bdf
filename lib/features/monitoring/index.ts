export { listIncidents, metricsOf } from "./queries";
export { livenessTick, monitoringTick } from "./tick";
