export { decisiveEffect, judge } from "./rules";
