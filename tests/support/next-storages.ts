// Next's storages take what this sets when they are loaded, by whatever of Next a test imports first.
import "next/dist/server/node-environment-baseline";
