export { type InexactNumber, inexactJsonNumber } from "./json-numbers";
export { judgeValue, type TakenValue, type TakeOptions, takeValue } from "./judge";
export { isExact, isMultipleOf, type NumberLoss, numberLoss, readNumber } from "./numbers";
export {
  type Breach,
  defaultMaxItems,
  defaultMaxLength,
  isMissing,
  lengthOf,
  type ValueProblem,
  type ValueRules,
} from "./rules";
