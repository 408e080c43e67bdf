export { commandPassword, type DockerVariables, dockerVariables, hostPath } from "./host";
export type { Config, WorkerFamily } from "./load";
export { ConfigError, getConfig, loadConfig, resetConfig, workerFamilies } from "./load";
export { type MailConfig, mailVariables } from "./mail";
export { checkKeyFile, getAuthSecret, getSecretKey, getSecretKeys } from "./secret-key";
export { startWarnings } from "./start-warnings";
