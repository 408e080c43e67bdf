export { decisiveEffect, judge, type PolicyFacts } from "./rules";
