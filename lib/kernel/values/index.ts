export { inexactJsonNumber } from "./json-numbers";
export { takeValue } from "./judge";
export { isMultipleOf, numberLoss, readNumber } from "./numbers";
export {
  type Breach,
  lengthOf,
  type ValueProblem,
  type ValueRules,
} from "./rules";
export { type VisibleIf, visibleNames } from "./visibility";
