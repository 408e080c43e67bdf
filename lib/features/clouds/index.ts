export { closeConnections, cloudDataDir, connectionFor, forgetConnection } from "./connections";
