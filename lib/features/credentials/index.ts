export {
  createGitCredential,
  deleteGitCredential,
  gitCredentialContext,
  listGitCredentials,
  updateGitCredential,
  useGitCredential,
} from "./service";
