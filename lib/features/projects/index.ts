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
export { type ProjectUsage, projectUsage } from "./usage";
