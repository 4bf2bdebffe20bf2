export { meanOf } from "./mean-of.js";
