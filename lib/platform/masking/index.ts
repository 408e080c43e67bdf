export { minSecretLength } from "./forms";
export { Masker } from "./masker";
export { MaskStream, maskText } from "./stream";
