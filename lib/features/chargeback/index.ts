export { type CostSoFar, costSoFar, costsSoFar } from "./cost-so-far";
export { environmentCost } from "./environment-cost";
export {
  type Estimate,
  type EstimateItem,
  estimateMonthly,
  hourlyQuantities,
  meters,
  type PriceSheet,
} from "./estimate";
export { costOverview } from "./overview";
export { addPrice, ensureDefaultPriceBook, listPriceBooks } from "./price-books";
export { loadPriceSheets } from "./price-sheets";
