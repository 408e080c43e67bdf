export { carriedParameters } from "./carry";
export { formPages } from "./form";
export {
  compileParameters,
  resolveParameters,
} from "./resolve";
