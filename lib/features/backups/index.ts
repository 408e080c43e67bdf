export { type RestoreInput, restoreComponent } from "./restore";
