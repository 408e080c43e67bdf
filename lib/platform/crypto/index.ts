export { keyedHashes } from "./keyed-hash";
export { openSealed, openSealedJson } from "./open-sealed";
export { hashPassword, verifyPassword } from "./passwords";
export { redact, redactText } from "./redact";
export { keyIdOf, SealError, seal, unseal } from "./seal";
export { newSecret } from "./secrets";
export { equalConstantTime, hashToken, randomToken } from "./tokens";
