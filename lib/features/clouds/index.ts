export { closeConnections, cloudDataDir, connectionFor, forgetConnection } from "./connections";
export { credentialsContext } from "./credentials";
export { checkAllClouds, checkCloud } from "./health";
export { localCloudNames, registerLocalClouds, registerLocalDocker } from "./local";
export { discoverOrphans, findOrphans, type Orphan } from "./orphans";
export { getCloud, listClouds, listDrivers, type PlacementCandidate, placementCandidates } from "./queries";
export { separateCloudHosts } from "./separate-hosts";
export { checkCloudNow, createCloud, updateCloud } from "./service";
export { inTurn } from "./turns";
