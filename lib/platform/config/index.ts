export type { Config, OidcConfig, WorkerFamily } from "./load";
export { ConfigError, getConfig, loadConfig, resetConfig, workerFamilies } from "./load";
export { type MailConfig, mailVariables } from "./mail";
export { checkKeyFile, getAuthSecret, getSecretKey, getSecretKeys } from "./secret-key";
export { startWarnings } from "./start-warnings";
