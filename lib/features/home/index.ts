export { monthOfProjects } from "./costs";
export { getHome } from "./queries";
export { homeViewOf } from "./rules";
