/** Mozilla's list of common passwords of eight or more characters. */
declare module "fxa-common-password-list" {
  const list: { test(password: string): boolean };
  export default list;
}
