import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Type-aware rules of every package and app. */
export default defineConfig(
  { ignores: ["**/dist/**", "**/src/generated/**", "**/*.mjs", "**/*.cjs", "**/*.config.ts", "**/*.js"] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name." },
        { selector: "TSEnumDeclaration", message: "Use a union of strings." },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: "Randomness is a value: pass a generator.",
        },
      ],
    },
  },
);
