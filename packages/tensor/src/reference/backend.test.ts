import { backendConformance } from "../conformance.js";
import { referenceBackend } from "./backend.js";

backendConformance("reference", () => referenceBackend);
