/**
 * GIT_ASKPASS: answers what Git asks with what stands on file descriptor 7, line by line ("u:" user names, "p:"
 * passwords), and only for the host that was judged. The variable it reads holds no secret.
 */
export const gitAskpassScript = `#!/bin/sh
case "$1" in
  "Username for '$ROSTRUM_GIT_ORIGIN'"*) wanted=u ;;
  "Password for '\${ROSTRUM_GIT_ORIGIN%%//*}//"*"@\${ROSTRUM_GIT_ORIGIN#*//}'"*) wanted=p ;;
  *) exit 1 ;;
esac
while IFS= read -r line <&7; do
  case "$line" in
    "$wanted":*) printf '%s\\n' "\${line#?:}"; exit 0 ;;
  esac
done
exit 1
`;

/** Settings for file:// sources, whose owner differs on purpose. */
export const gitLocalSettings = "[safe]\n\tdirectory = *\n";
