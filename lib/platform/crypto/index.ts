export { keyedHashes } from "./keyed-hash";
export { type Opened, openSealed, openSealedJson } from "./open-sealed";
export { hashPassword, verifyPassword } from "./passwords";
export { isSecretName, redact, redactText } from "./redact";
export { keyIdOf, SealError, seal, unseal } from "./seal";
export { newSecret } from "./secrets";
export { equalConstantTime, hashToken, randomToken } from "./tokens";
