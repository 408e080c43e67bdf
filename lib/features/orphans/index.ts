export { actOnOrphan } from "./act";
export { deleteCloud, listCloudContents } from "./delete-cloud";
