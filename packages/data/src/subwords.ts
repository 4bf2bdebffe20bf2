export { subwordVocabulary } from "./language/subword-vocabulary.js";
export type { SpecialPart, SubwordVocabulary, SubwordVocabularyOptions } from "./language/subword-vocabulary.js";
