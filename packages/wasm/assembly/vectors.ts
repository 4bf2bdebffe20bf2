import { expm1 as exponentialLessOne } from "./expm1";
import { log1p as logarithmOfOneMore } from "./log1p";
import { pow as power } from "./pow";
import { cos as cosine, sin as sine } from "./sine";

// Functions of four elements, for programs: too long to be written out in each of their passes. JavaScript has no vectors to call them with.

export function expm1OfFour(x: v128): v128 { return exponentialLessOne(x); }
export function log1pOfFour(x: v128): v128 { return logarithmOfOneMore(x); }
export function sinOfFour(x: v128): v128 { return sine(x); }
export function cosOfFour(x: v128): v128 { return cosine(x); }
export function powOfFour(x: v128, y: v128): v128 { return power(x, y); }
