export { addMember, removeMember, setMemberRole } from "./members";
export {
  getProject,
  listCostCenters,
  listMembers,
  listProjectNames,
  listProjects,
  resolveProjectId,
} from "./queries";
export { createCostCenter, createProject, updateCostCenter, updateProject, userIdOf } from "./service";
export { findBudget, findOpenProjectId, findProjectId, listProjectFacets, lockProject } from "./store";
export { listRealMembers, listRealProjects, type RealThing } from "./store-demo";
export { findProjectLimits, type ProjectLimits } from "./store-limits";
export { findRoleIn, lockRole } from "./store-members";
export { projectUsage } from "./usage";
