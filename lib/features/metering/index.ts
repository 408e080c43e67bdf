export { type CostSoFarRow, listCostsSoFar } from "./cost-so-far.sql";
export { listHeldNow } from "./store";
export { meteredUntil, meteringTick } from "./tick";
