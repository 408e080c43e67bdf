export {
  type Estimate,
  type EstimateItem,
  estimateMonthly,
  hourlyQuantities,
  meters,
  type PriceSheet,
} from "./estimate";
export { loadPriceSheets } from "./price-sheets";
