export { costSoFar, costsSoFar } from "./cost-so-far";
export { costItems, usageOfDay } from "./drill-down";
export { environmentCost } from "./environment-cost";
export {
  type EstimateItem,
  estimateMonthly,
  hourlyQuantities,
  type PriceSheet,
} from "./estimate";
export { costGroupName, costOverview } from "./overview";
export { addPrice, createPriceBook, ensureDefaultPriceBook, listPriceBooks } from "./price-books";
export { loadPriceSheets } from "./price-sheets";
export { closableMonths, closeMonth, getStatement, listStatementMonths, listStatements } from "./statements";
export { deleteOldBudgetAlerts } from "./store-budgets";
export { hasStatement } from "./store-statements";
export { watchBudgets } from "./watch-budgets";
