export { monthOfProjects } from "./costs";
export { getHome } from "./queries";
