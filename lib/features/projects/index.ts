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
export { lockProject } from "./store";
export { findProjectLimits, type ProjectLimits } from "./store-limits";
export { projectUsage } from "./usage";
