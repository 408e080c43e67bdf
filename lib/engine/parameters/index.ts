export { carriedParameters } from "./carry";
export { type FieldOption, type FieldWidget, type FormField, type FormPage, formPages } from "./form";
export {
  type CompiledParameters,
  compileParameters,
  type ParameterProblem,
  type ResolvedParameters,
  resolveParameters,
} from "./resolve";
