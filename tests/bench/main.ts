import { benchEngine } from "./engine";
import { print } from "./report";

print("Engine", await benchEngine());
process.exit(0);
