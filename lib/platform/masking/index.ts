export { minSecretLength } from "./forms";
export { maskKnown, rememberSecrets } from "./known";
export { Masker } from "./masker";
export { maskText } from "./stream";
