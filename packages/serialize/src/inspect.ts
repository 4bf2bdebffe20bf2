export { inspectFile } from "./inspect/describe-file.js";
